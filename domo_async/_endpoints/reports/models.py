"""What scheduled reports are made of."""

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
    """Whose reports to give.

    Domo's documentation names ``USER`` alone; other clients send the others, of which ``ALL`` is for administrators.
    """

    USER = "USER"
    RECIPIENT = "RECIPIENT"
    OWNER = "OWNER"
    ALL = "ALL"


class ScheduleOrder(OpenEnum):
    """What schedules can be sorted by."""

    START_DATE = "startDate"
    NEXT_RUN_DATE = "nextRunDate"
    TITLE = "title"


class RunOrder(OpenEnum):
    """What a history can be sorted by."""

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
    """Who a recipient is. ``USER`` and ``GROUP`` are not on the pages; other clients send them."""

    EMAIL = "EMAIL"
    USER = "USER"
    GROUP = "GROUP"


class ReportResourceType(OpenEnum):
    """What a report is about."""

    OPEN = "OPEN"
    PAGE = "PAGE"
    CARD = "CARD"
    REPORT = "REPORT"


class RunStatus(OpenEnum):
    """How a run goes."""

    IN_QUEUE = "in_queue"
    PROCESSING = "processing"
    SUCCESS = "success"
    FAILURE = "failure"


class ViewType(OpenEnum):
    """What the mail of a report holds."""

    EMAIL = "EMAIL"
    PDF = "PDF"
    PPT = "PPT"
    PDF_EMAIL = "PDF_EMAIL"


@frozen
class ScheduleRecipient(Model):
    """Someone whom a schedule sends its report to.

    Attributes:
        value: The address; the number of the user or the group for those.
        type: Which of these.
        email: The address once more, which some answers and other clients have.
    """

    value: str | int
    type: ReportRecipientType | str = ReportRecipientType.EMAIL
    email: str | None = None


@frozen
class ReportRecipient(Model):
    """Someone whom a report was sent to, or is to be.

    Attributes:
        user_id: The user.
        display_name: How people see the user.
        email_address: Where the mail goes.
        group_id: The group, where it is one.
    """

    user_id: NumericId | None = None
    display_name: str | None = None
    email_address: str | None = None
    group_id: NumericId | None = None


@frozen(kw_only=True)
class Schedule(Model):
    """When a report is sent, and to whom else. What is None was not told, and is not sent.

    Attributes:
        frequency: How often.
        days_to_run: On which days, as text, several by commas: ``MON`` or a number of the week, ``15`` of the month.
        hour_of_day: The hour, 0 to 23.
        min_of_hour: The minute.
        timezone: The zone of these, such as ``America/New_York``.
        enabled: Whether it is sent at all.
        additional_recipients: Whom it goes to.
        next_run_date: When it will be sent next; the instance works it out.
        start_date: From when on it is sent; other clients find that some instances require it.
        expiration_date: Until when it is sent.
        embed_report: Whether it is about something embedded.
        embed_urn: What that is.
        owner_id: Whose it is.
        unsubscribed_recipients: Who does not want it any more, each as JSON; the sample shows none.
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
    """One time that a report was sent, or was to be.

    Attributes:
        id: Its number.
        report_id: The schedule.
        report_title: The report's title.
        report_subject: The subject of the mail.
        start_time: When it began.
        end_time: When it ended.
        automated: Whether the schedule sent it, and not someone by hand.
        card_count: How many cards the mail had.
        attachment_count: How many attachments it had.
        attachment_size: Their size in bytes.
        email_size: The mail's size in bytes.
        status: How it went.
        recipients: Whom it went to, where asked for.
        owner_id: Whose report it is; this and what follows to `resource_name` is in the extended history alone.
        recipient_count: How many it went to.
        resource_type: What the report is about.
        resource_id: The number of that.
        resource_name: The name of that.
        report_title_id: The number of the report's title; this and what follows is not on the pages.
        using_layout: Whether the mail has the page's layout.
        problems: What went wrong.
        toe: What Domo's support finds it by.
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
        type: Its kind, such as ``RECURRING``.
        owner_id: Whose it is.
        embed_view_id: The view that it embeds.
        is_owner: Whether it is the token's owner's.
        card_count: How many cards it has.
        recipient_count: How many recipients it has.
        card_id: The card that it shows.
        schedule: When it is sent.
        active: Whether it is in use.
        view_id: The view, as requests call it.
        subject: The subject of its mail; neither this nor what follows is on the pages, but instances tell it.
        attachment_include: Whether its mail has attachments.
        view_type: What its mail holds.
        description: What it is for.
        context_id: What it belongs to.
        is_report_view: Whether it shows a view that was made for it.
        embed_report: Whether it is about something embedded.
        embed_urn: What that is.
        recent_history: How it was sent last.
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
    """A report that was made lately.

    Attributes:
        report_id: The schedule.
        report_title: The report's title.
        owner_id: Whose it is.
        created: When it was made.
        resource_type: What it is about.
        resource_id: The number of that.
        resource_name: The name of that.
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
    """Something that there are reports about.

    Attributes:
        resource_id: Its number.
        title: Its title.
        type: What it is.
    """

    resource_id: NumericId
    title: str | None = None
    type: ReportResourceType | None = None


@frozen(kw_only=True)
class RenderedCard(Model):
    """A card as a mail shows it.

    Attributes:
        title: Its title.
        encoded_image: Its picture in base64.
        encoded_image_id: What the HTML calls the picture.
        timeframe_label: The time that it covers.
        summary_number_value: Its summary number, as people read it.
        summary_number_label: What that number says.
        html_content: The HTML.
        card_type: Its kind, such as ``kpi``.
        card_link: Where the instance shows it.
        pdp_enabled: Whether not everyone sees all of its rows.
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
