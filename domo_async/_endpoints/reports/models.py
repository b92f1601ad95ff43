"""Models of scheduled reports."""

from __future__ import annotations

from attrs import field, frozen

from domo_async._wire import EpochMillis, IsoStamp, Model, NumericId, OpenEnum, wire_name

__all__ = [
    "CreatedReport",
    "Frequency",
    "RenderedCard",
    "Report",
    "ReportRecipient",
    "ReportRecipientType",
    "ReportResourceType",
    "ReportRun",
    "ReportScope",
    "ReportedResource",
    "RunOrder",
    "RunStatus",
    "Schedule",
    "ScheduleOrder",
    "ScheduleRecipient",
    "ViewType",
]


class ReportScope(OpenEnum):
    """The owners whose reports to return.

    Domo's documentation names ``USER`` alone; other clients send the others, of which ``ALL`` is for administrators.
    """

    USER = "USER"
    RECIPIENT = "RECIPIENT"
    OWNER = "OWNER"
    ALL = "ALL"


class ScheduleOrder(OpenEnum):
    """The fields that schedules can be sorted by."""

    START_DATE = "startDate"
    NEXT_RUN_DATE = "nextRunDate"
    TITLE = "title"


class RunOrder(OpenEnum):
    """The fields that a history can be sorted by."""

    REPORT_TITLE = "reportTitle"
    START_TIME = "startTime"
    END_TIME = "endTime"
    AUTOMATED = "automated"
    CARD_COUNT = "cardCount"
    ATTACHMENT_COUNT = "attachmentCount"
    ATTACHMENT_SIZE = "attachmentSize"
    EMAIL_SIZE = "emailSize"


class Frequency(OpenEnum):
    """How often a report is sent."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"


class ReportRecipientType(OpenEnum):
    """The type of a recipient. ``USER`` and ``GROUP`` are not in Domo's documentation; other clients send them."""

    EMAIL = "EMAIL"
    USER = "USER"
    GROUP = "GROUP"


class ReportResourceType(OpenEnum):
    """The type of resource that a report is about."""

    OPEN = "OPEN"
    PAGE = "PAGE"
    CARD = "CARD"
    REPORT = "REPORT"


class RunStatus(OpenEnum):
    """The status of a run."""

    IN_QUEUE = "in_queue"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILURE = "failure"


class ViewType(OpenEnum):
    """The content of a report's mail."""

    EMAIL = "EMAIL"
    PDF = "PDF"
    PPT = "PPT"
    PDF_EMAIL = "PDF_EMAIL"


@frozen
class ScheduleRecipient(Model):
    """A recipient of a schedule.

    Attributes:
        value: The address, or the number of the user or the group.
        type: The type of recipient.
        email: The address again, which some answers and other clients have.
    """

    value: str | int
    type: ReportRecipientType | str = ReportRecipientType.EMAIL
    email: str | None = None


@frozen
class ReportRecipient(Model):
    """A recipient of a sent or pending report.

    Attributes:
        user_id: The user.
        display_name: The display name.
        email_address: The e-mail address.
        group_id: The group, if the recipient is a group.
    """

    user_id: NumericId | None = None
    display_name: str | None = None
    email_address: str | None = None
    group_id: NumericId | None = None


@frozen(kw_only=True)
class Schedule(Model):
    """The schedule of a report and its recipients. A field that is None was not returned, and is not sent.

    Attributes:
        frequency: How often it is sent.
        days_to_run: The days, as text separated by commas: ``MON`` or a number for a day of the week, ``15`` for a day
            of the month.
        hour_of_day: The hour, 0 to 23.
        min_of_hour: The minute.
        timezone: The time zone of the hour and the minute, such as ``America/New_York``.
        enabled: Whether it is sent.
        additional_recipients: The recipients.
        next_run_date: When it will be sent next, as computed by the instance.
        start_date: When the schedule begins; other clients find that some instances require it.
        expiration_date: When the schedule ends.
        embed_report: Whether the report is about embedded content.
        embed_urn: The identifier of the embedded content.
        owner_id: The owner.
        unsubscribed_recipients: The recipients who unsubscribed, each as JSON; Domo's sample shows an empty list.
    """

    frequency: Frequency | str | None = None
    days_to_run: str | None = None
    hour_of_day: NumericId | None = None
    min_of_hour: NumericId | None = None
    timezone: str | None = None
    enabled: bool | None = None
    additional_recipients: tuple[ScheduleRecipient, ...] | None = None
    next_run_date: EpochMillis | None = None
    start_date: EpochMillis | None = None
    expiration_date: EpochMillis | None = None
    embed_report: bool | None = None
    embed_urn: str | None = None
    owner_id: NumericId | None = None
    unsubscribed_recipients: tuple[object, ...] | None = None


@frozen(kw_only=True)
class ReportRun(Model):
    """A run: one time that a report was sent, or should have been.

    Attributes:
        id: Its number.
        report_id: The schedule.
        report_title: The report's title.
        report_subject: The subject of the mail.
        start_time: When it began.
        end_time: When it ended.
        automated: True if the schedule started it, False if a user did.
        card_count: The number of cards in the mail.
        attachment_count: The number of attachments.
        attachment_size: The size of the attachments in bytes.
        email_size: The size of the mail in bytes.
        status: Its status.
        recipients: The recipients, if requested.
        owner_id: The owner of the report; this field and the following ones up to `resource_name` are only in the
            extended history.
        recipient_count: The number of recipients.
        resource_type: The type of the resource that the report is about.
        resource_id: The number of the resource.
        resource_name: The name of the resource.
        report_title_id: The number of the report's title; this field and the following ones are not in Domo's
            documentation.
        using_layout: Whether the mail uses the page's layout.
        problems: The problems that occurred.
        toe: The identifier of the error for Domo's support.
    """

    id: NumericId
    report_id: NumericId | None = None
    report_title: str | None = None
    report_subject: str | None = None
    start_time: IsoStamp | None = None
    end_time: IsoStamp | None = None
    automated: bool | None = None
    card_count: int | None = None
    attachment_count: int | None = None
    attachment_size: int | None = None
    email_size: int | None = None
    status: RunStatus | None = None
    recipients: tuple[ReportRecipient, ...] | None = None
    owner_id: NumericId | None = None
    recipient_count: int | None = None
    resource_type: ReportResourceType | None = None
    resource_id: NumericId | None = None
    resource_name: str | None = None
    report_title_id: NumericId | None = None
    using_layout: bool | None = None
    problems: object = None
    toe: str | None = None


@frozen(kw_only=True)
class Report(Model):
    """A scheduled report.

    Attributes:
        id: The number of its schedule.
        report_view_id: The view that it shows.
        page_id: The page that it shows.
        title: Its title.
        view_name: The name of its view.
        type: Its type, such as ``RECURRING``.
        owner_id: The owner.
        embed_view_id: The view that it embeds.
        is_owner: Whether the token's owner owns it.
        card_count: The number of cards.
        recipient_count: The number of recipients.
        card_id: The card that it shows.
        schedule: When it is sent.
        active: Whether it is in use.
        view_id: The view, under the name that requests use.
        subject: The subject of its mail; this field and the following ones are not in Domo's documentation, but
            instances return them.
        attachment_include: Whether its mail has attachments.
        view_type: The content of its mail.
        description: The description.
        context_id: The identifier of its context.
        is_report_view: Whether it shows a view that was created for it.
        embed_report: Whether it is about embedded content.
        embed_urn: The identifier of the embedded content.
        recent_history: Its recent runs.
    """

    id: NumericId
    report_view_id: NumericId | None = None
    page_id: NumericId | None = None
    title: str | None = None
    view_name: str | None = None
    type: str | None = None
    owner_id: NumericId | None = None
    embed_view_id: NumericId | None = None
    is_owner: bool | None = field(default=None, metadata=wire_name("owner"))
    card_count: int | None = None
    recipient_count: int | None = None
    card_id: NumericId | None = None
    schedule: Schedule | None = None
    active: bool | None = None
    view_id: NumericId | None = None
    subject: str | None = None
    attachment_include: bool | None = None
    view_type: ViewType | None = None
    description: str | None = None
    context_id: str | None = None
    is_report_view: bool | None = field(default=None, metadata=wire_name("reportView"))
    embed_report: bool | None = None
    embed_urn: str | None = None
    recent_history: ReportRun | None = None


@frozen(kw_only=True)
class CreatedReport(Model):
    """A report that was created recently.

    Attributes:
        report_id: The schedule.
        report_title: The report's title.
        owner_id: The owner.
        created: When it was created.
        resource_type: The type of the resource.
        resource_id: The number of the resource.
        resource_name: The name of the resource.
    """

    report_id: NumericId
    report_title: str | None = None
    owner_id: NumericId | None = None
    created: IsoStamp | None = None
    resource_type: ReportResourceType | None = None
    resource_id: NumericId | None = None
    resource_name: str | None = None


@frozen(kw_only=True)
class ReportedResource(Model):
    """A resource that has scheduled reports.

    Attributes:
        resource_id: Its number.
        title: Its title.
        type: Its type.
    """

    resource_id: NumericId
    title: str | None = None
    type: ReportResourceType | None = None


@frozen(kw_only=True)
class RenderedCard(Model):
    """A card as a mail shows it.

    Attributes:
        title: Its title.
        encoded_image: Its image in base64.
        encoded_image_id: The name of the image in the HTML.
        timeframe_label: The time that it covers.
        summary_number_value: Its summary number, formatted.
        summary_number_label: The label of the summary number.
        html_content: The HTML.
        card_type: Its type, such as ``kpi``.
        card_link: The URL of the card in the instance.
        pdp_enabled: Whether data policies (PDP) limit the rows that users see.
        certified: Whether it is certified.
        company_certified: Whether it is certified for the whole company.
    """

    title: str | None = None
    encoded_image: str | None = None
    encoded_image_id: str | None = None
    timeframe_label: str | None = None
    summary_number_value: str | None = None
    summary_number_label: str | None = None
    html_content: str | None = None
    card_type: str | None = None
    card_link: str | None = None
    pdp_enabled: bool | None = None
    certified: bool | None = None
    company_certified: bool | None = None
