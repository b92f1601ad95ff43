"""Commands about content: cards, pages, apps, alerts, reports."""

from __future__ import annotations

from domo_async._cli.rows import Noun, Row

__all__ = ["NOUNS", "PANEL"]

PANEL = "Content"
_CARD = "id title type owner=owner_id modified=last_modified"

NOUNS: tuple[Noun, ...] = (
    Noun(
        words="cards",
        help="Find, show, rename, render and delete cards.",
        thing="card",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="cards.list",
                examples=("--title sales", "--page-ids 12 --json --query '[].id'"),
                columns=_CARD,
            ),
            Row(name="show", method="cards.get", examples=("101", "101 102 --csv"), columns=_CARD, one=True),
            Row(name="definition", method="cards.definition", examples=("101 --json",)),
            Row(
                name="update",
                method="cards.update_title",
                examples=("101 --title 'Sales by month'",),
                summary="Change the title of a card, and its description if that is given.",
            ),
            Row(
                name="delete",
                method="cards.delete_many",
                examples=("101", "101 102 --yes"),
                deletes="Delete the cards {card_ids}?",
                done="Deleted",
            ),
            Row(
                name="render",
                method="cards.render_to",
                examples=("101 sales.png", "101 sales.pdf --width 1200"),
                discards=True,
                done="Drawn",
                summary="Render a card as a PNG or PDF file; the file's suffix selects the format.",
            ),
            Row(
                name="add-owners",
                method="cards.add_owners",
                examples=("--card-ids 12 --owners 27", "--card-ids 12 --owners group:8"),
                done="Added",
            ),
            Row(
                name="remove-owners",
                method="cards.remove_owners",
                examples=("--card-ids 12 --owners 27",),
                deletes="Take {owners} from the owners of {card_ids}?",
                done="Removed",
            ),
        ),
    ),
    Noun(
        words="pages",
        help="Find, show, create, move and delete pages.",
        thing="page",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="pages.list",
                examples=("--title sales", "--owner-ids 27 --csv"),
                columns="id=page_id title=page_title parent=parent_page_title owner=owner_name cards=card_count"
                " modified=last_modified",
            ),
            Row(name="show", method="pages.details", examples=("12",)),
            Row(name="create", method="pages.create", examples=("--title Sales", "--title North --parent-page-id 12")),
            Row(name="update", method="pages.update", examples=("12 --title 'Sales 2027'",)),
            Row(
                name="delete",
                method="pages.delete",
                examples=("12",),
                deletes="Delete the page {page_id}?",
                done="Deleted",
            ),
            Row(name="cards", method="pages.cards", examples=("12",), columns=_CARD, thing="card"),
            Row(name="move", method="pages.move", examples=("--page-ids 12 --parent-page-id 3",), done="Moved"),
            Row(name="access", method="pages.access", examples=("12", "12 --expand-users --json")),
            Row(
                name="add-owners",
                method="pages.add_owners",
                examples=("--page-ids 12 --owners 27", "--page-ids 12 --owners group:8"),
                done="Added",
            ),
            Row(
                name="remove-owners",
                method="pages.remove_owners",
                examples=("--page-ids 12 --owners 27",),
                deletes="Take {owners} from the owners of {page_ids}?",
                done="Removed",
            ),
            Row(
                name="share", method="pages.share_many", examples=("12 --recipients 27 --recipients group:8 --dry-run",)
            ),
            Row(
                name="unshare",
                method="pages.revoke_many",
                examples=("12 27 group:8", "12 27 --dry-run"),
                deletes="Take the access to the page {page_id} from {users}?",
            ),
        ),
    ),
    Noun(
        words="data-apps",
        help="Find, show and share App Studio apps, and change their owners.",
        thing="app",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="data_apps.list",
                examples=("--title sales",),
                columns="id=data_app_id title owners views=view_count updated=last_updated",
            ),
            Row(name="show", method="data_apps.get", examples=("5",)),
            Row(name="visible", method="data_apps.visible", examples=("", "--json")),
            Row(name="access", method="data_apps.access", examples=("5 --json",)),
            Row(
                name="share",
                method="sharing.share_apps",
                examples=("--data-app-ids 5 --recipients 27",),
                done="Shared",
            ),
            Row(
                name="add-owners",
                method="data_apps.add_owners",
                examples=("--data-app-ids 12 --owners 27", "--data-app-ids 12 --owners group:8"),
                done="Added",
            ),
            Row(
                name="remove-owners",
                method="data_apps.remove_owners",
                examples=("--data-app-ids 12 --owners 27",),
                deletes="Take {owners} from the owners of {data_app_ids}?",
                done="Removed",
            ),
        ),
    ),
    Noun(
        words="alerts",
        help="Find, show, create and delete alerts.",
        thing="alert",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="alerts.list",
                examples=("", "--owner-id 27 --triggered"),
                columns="id name resource=resource_name owner enabled triggered modified=modified_at",
            ),
            Row(name="show", method="alerts.get", examples=("9",)),
            Row(
                name="create",
                method="alerts.create",
                examples=("--name Low --type DATA_SOURCE --resource-type DATA_SOURCE --resource-id 5f2a",),
            ),
            Row(name="update", method="alerts.update", examples=("9 --name 'Very low'", "9 --no-enabled")),
            Row(
                name="delete",
                method="alerts.delete",
                examples=("9",),
                deletes="Delete the alert {alert_id}?",
                done="Deleted",
            ),
            Row(
                name="subscribers",
                method="alerts.subscriptions",
                columns="id subscriber=subscriber_id type subscribed_by",
                examples=("9",),
                thing="subscriber",
            ),
            Row(
                name="subscribe",
                method="alerts.subscribe",
                examples=("9 --subscriber-id 27 --type USER",),
                done="Subscribed",
            ),
            Row(
                name="unsubscribe",
                method="alerts.unsubscribe",
                examples=("9 --subscriber-id 27 --type USER",),
                done="Unsubscribed",
            ),
            Row(
                name="share",
                method="alerts.share",
                examples=('9 --user-message Look --alert-subscriptions \'[{"subscriber_id": 27, "type": "USER"}]\' ',),
                done="Shared",
            ),
        ),
    ),
    Noun(
        words="reports",
        help="Manage and send scheduled reports.",
        thing="report",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="reports.list",
                examples=("", "--title weekly"),
                columns="id title owner=owner_id recipients=recipient_count frequency=schedule.frequency active",
            ),
            Row(name="show", method="reports.get", examples=("3",)),
            Row(
                name="create",
                method="reports.create",
                examples=("--title Weekly --page-id 12 --schedule @schedule.json",),
            ),
            Row(
                name="update",
                method="reports.update",
                examples=("3 --title Weekly --schedule @schedule.json --page-id 12",),
            ),
            Row(
                name="delete",
                method="reports.delete",
                examples=("3",),
                deletes="Delete the report {schedule_id}?",
                done="Deleted",
            ),
            Row(name="set-enabled", method="reports.set_enabled", examples=("3 --no-enabled",)),
            Row(
                name="send",
                method="reports.send",
                examples=("3 --recipients ann@example.com --wait",),
                done="Sent",
            ),
            Row(
                name="history",
                method="reports.history.list",
                examples=("", "--limit 20 --csv"),
                columns="id report=report_title status start=start_time end=end_time recipients=recipient_count",
                thing="run",
            ),
            Row(
                name="runs",
                method="reports.history.for_schedule",
                examples=("3 --limit 5",),
                columns="id report=report_title status start=start_time end=end_time recipients=recipient_count",
                thing="run",
            ),
            Row(
                name="rerun-failed",
                method="reports.rerun_failed",
                examples=("--start 2d --end 1d",),
                done="Sent again",
            ),
        ),
    ),
    Noun(
        words="beast-modes",
        help="Find, show, create and delete Beast Modes.",
        thing="Beast Mode",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="beast_modes.search",
                examples=("--name margin",),
                columns="id name data_type owner status modified=last_modified",
                without=frozenset({"filters"}),
            ),
            Row(name="show", method="beast_modes.get", examples=("17",)),
            Row(
                name="create",
                method="beast_modes.create",
                examples=("--name Margin --expression 'SUM(`gain`) / SUM(`sales`)' --data-set-id 5f2a",),
            ),
            Row(name="update", method="beast_modes.update", examples=("17 --expression 'SUM(`gain`)'",)),
            Row(
                name="delete",
                method="beast_modes.delete",
                examples=("17",),
                deletes="Delete the Beast Mode {beast_mode_id}?",
                done="Deleted",
            ),
            Row(name="lock", method="beast_modes.lock", examples=("17", "17 --no-locked")),
            Row(name="set-owner", method="beast_modes.set_owner", examples=("17 27",)),
        ),
    ),
    Noun(
        words="publications",
        help="Manage content that the instance publishes to other instances.",
        thing="publication",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="publications.list",
                examples=("--search sales",),
                columns="id name owner=user_id subscribers=total_subscribers status=execution_status_description",
            ),
            Row(name="show", method="publications.get", examples=("p1",)),
            Row(
                name="create",
                method="publications.create",
                examples=(
                    "--name Sales --domain acme.domo.com --content @content.json --subscriber-domains other.domo.com",
                ),
            ),
        ),
    ),
    Noun(
        words="certifications",
        help="Certify cards and datasets.",
        thing="certification",
        panel=PANEL,
        rows=(
            Row(name="show", method="certifications.get", examples=("CARD 101", "DATA_SOURCE 5f2a --json")),
            Row(name="create", method="certifications.certify", examples=("DATA_SOURCE 5f2a",), done="Certified"),
            Row(
                name="delete",
                method="certifications.remove",
                examples=("DATA_SOURCE 5f2a",),
                deletes="Take the certification of {entity_id} away?",
                done="Deleted",
            ),
        ),
    ),
    Noun(
        words="sharing",
        help="Share cards, pages, datasets and apps.",
        thing="",
        panel=PANEL,
        rows=(
            Row(
                name="share",
                method="sharing.share",
                summary="Share pages, cards and datasets with users and groups.",
                examples=('--resources \'[{"id": 12, "type": "page"}]\' --recipients group:8 --no-send-email',),
                done="Shared",
            ),
            Row(
                name="revoke",
                method="sharing.revoke",
                examples=('--resources \'[{"id": 12, "type": "page"}]\' --recipient user:27',),
                deletes="Take the access from {recipient}?",
                done="Revoked",
            ),
        ),
    ),
)
