"""What commands there are that are calls of one method: a row each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from domo_async._cli.rows import Noun, Row

__all__ = ["EXAMPLES", "NOUNS", "PANELS"]

DATA, CONTENT, PEOPLE, RUNS = "Data", "Content", "People and access", "Automation"
PANELS = {"datasets": DATA, "users": PEOPLE, "groups": PEOPLE, "files": DATA, "filesets": DATA, "workflows": RUNS}

EXAMPLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "activity export": ("logs --since 30d --format csv",),
        "activity tail": ("--since 2h --follow", "--type DATA_SOURCE --action DELETED --json"),
        "api": (
            "GET /api/content/v2/users/me --query displayName",
            "GET /api/data/v3/datasources --paginate --query '[].name'",
            "POST /api/search/v1/query --input search.json",
        ),
        "datasets audit": ("--csv", "5f2a --no-roles"),
        "datasets create": ("Orders id:LONG region:STRING amount:DOUBLE",),
        "datasets export": ("5f2a orders.parquet", "5f2a - --sql 'SELECT region FROM table'"),
        "datasets list": ("--name orders", "--json --query '[?row_count > `1000`].name'"),
        "datasets query": (
            "5f2a 'SELECT * FROM table WHERE region = :r' -p r=North",
            "5f2a -f orders.sql --csv",
            "5f2a - --json",
        ),
        "datasets show": ("5f2a", "5f2a --query 'columns[].name'"),
        "datasets sync": ("exports/ -d 5f2a --evolve",),
        "datasets upload": (
            "'exports/*.csv' --create Orders",
            "big.parquet -d 5f2a --resume big.journal",
            "changes.csv -d 5f2a --upsert --key id",
        ),
        "demo": ("", "--rows 10000"),
        "doctor": ("--output report.json",),
        "emulator": ("--port 8080 --world demo",),
        "files down": ("101 102 --to papers",),
        "files up": ("a.pdf b.pdf",),
        "filesets pull": ("f1 papers",),
        "filesets push": ("papers f1 --delete --dry-run",),
        "groups list": ("--name sales",),
        "groups sync": ("members.csv --no-remove",),
        "help": ("", "datasets upload"),
        "lineage": ("dataflow:12 --down", "5f2a1111-2222-3333-4444-555566667777 --format dot"),
        "login": ("--profile prod --proxy http://proxy.example.com:3128",),
        "logout": ("--profile prod",),
        "profiles": ("", "--json"),
        "search": ("'sales*' --entity dataset --json", "orders --all --csv"),
        "stale": ("--days 180 --type card --csv",),
        "users import": ("users.csv --exists update --dry-run",),
        "users list": ("--csv",),
        "users offboard": ("ann@example.com --to bob@example.com --dry-run",),
        "whoami": ("", "--profile prod"),
        "workflows start": ("3fa8 --message 'Start Refunds' --model-version 1.0.0 -d order:=4711 --wait",),
    }
)
"""What follows the words of the commands that are written by hand, for their help."""

_RUN = "id=execution_id state=current_state rows=rows_inserted type=run_type started=started_at ended=ended_at"
_FLOW_RUN = "id state begin=begin_time end=end_time rows_read=total_rows_read rows_written=total_rows_written"
_CARD = "id title type owner=owner_id modified=last_modified"
_INSTANCE = "id status model=model_name version=model_version started=started_at finished=finished_at by=started_by"
_TASK = "id status queue=queue_id type=display_type assigned_to created=created_on"
_PERSON = "id name=display_name email=email_address role=role_id"

NOUNS: tuple[Noun, ...] = (
    Noun(
        words="datasets",
        help="",
        thing="dataset",
        panel=DATA,
        rows=(
            Row(
                name="update",
                method="datasets.update_properties",
                examples=("5f2a --name Orders --description 'All orders'",),
            ),
            Row(
                name="delete",
                method="datasets.delete",
                examples=("5f2a", "5f2a --yes"),
                deletes="Delete the dataset {dataset_id} and its data?",
                done="Deleted",
            ),
            Row(
                name="cards",
                method="datasets.cards",
                examples=("5f2a",),
                thing="card",
            ),
            Row(name="set-owner", method="datasets.set_owner", examples=("5f2a --user-id 27",)),
            Row(name="set-tags", method="datasets.set_tags", examples=("5f2a --tags daily --tags sales",)),
            Row(
                name="access",
                method="datasets.access.list",
                examples=("5f2a", "5f2a --csv"),
                thing="entry",
            ),
            Row(
                name="share",
                method="datasets.access.share",
                examples=("5f2a --permissions @grants.json --no-send-email",),
            ),
        ),
    ),
    Noun(
        words="policies",
        help="Say who sees which rows of a dataset (PDP).",
        thing="policy",
        panel=DATA,
        rows=(
            Row(
                name="list",
                method="datasets.policies.list",
                examples=("5f2a", "5f2a --json"),
                columns="id=filter_group_id name type users=user_ids groups=group_ids",
            ),
            Row(
                name="create",
                method="datasets.policies.create",
                examples=("""5f2a --name North --filters '[{"column": "region", "values": ["North"]}]' --users 27""",),
            ),
            Row(
                name="update",
                method="datasets.policies.update",
                examples=("5f2a 12 --name North --filters @north.json --users 27 --users 28",),
            ),
            Row(
                name="delete",
                method="datasets.policies.delete",
                examples=("5f2a 12",),
                deletes="Delete the policy {policy_id} of the dataset {dataset_id}?",
                done="Deleted",
            ),
            Row(name="enable", method="datasets.policies.enable", examples=("5f2a", "5f2a --no-enabled")),
        ),
    ),
    Noun(
        words="streams",
        help="Run connectors, and see how they went.",
        thing="stream",
        panel=DATA,
        rows=(
            Row(
                name="list",
                method="streams.list",
                examples=("", "--limit 20 --json"),
                columns="id dataset=data_source.name provider=data_provider.name method=update_method"
                " modified=modified_at",
            ),
            Row(name="show", method="streams.get", examples=("7",)),
            Row(
                name="delete",
                method="streams.delete",
                examples=("7",),
                deletes="Delete the stream {stream_id}?",
                done="Deleted",
            ),
            Row(name="run", method="streams.run", examples=("7", "7 --wait --timeout 900")),
            Row(name="wait", method="streams.wait", examples=("7 3",)),
            Row(name="history", method="streams.executions", examples=("7 --limit 5",), columns=_RUN, thing="run"),
            Row(name="status", method="streams.get_execution", examples=("7 3",)),
            Row(
                name="abort",
                method="streams.abort",
                examples=("7 3",),
                deletes="Abort the run {execution_id} of the stream {stream_id}?",
            ),
        ),
    ),
    Noun(
        words="accounts",
        help="Look after the credentials that connectors use.",
        thing="account",
        panel=DATA,
        rows=(
            Row(
                name="list",
                method="accounts.list",
                examples=("", "--type oauth --csv"),
                columns="id name=display_name type=data_provider_type valid owner=user_id modified=modified_at",
            ),
            Row(name="show", method="accounts.get", examples=("4",)),
            Row(
                name="create",
                method="accounts.create",
                examples=("--display-name Warehouse --data-provider-type snowflake --configurations @account.json",),
            ),
            Row(name="update", method="accounts.rename", examples=("4 --display-name 'Old warehouse'",)),
            Row(
                name="delete",
                method="accounts.delete",
                examples=("4",),
                deletes="Delete the account {account_id}?",
                done="Deleted",
            ),
            Row(name="access", method="accounts.access", examples=("4",)),
            Row(
                name="share",
                method="accounts.share",
                examples=("4 --grantee-id 27 --access-level CAN_VIEW",),
                done="Shared",
            ),
        ),
    ),
    Noun(
        words="cards",
        help="Find, show, rename, draw and delete cards.",
        thing="card",
        panel=CONTENT,
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
                summary="Draw a card as a picture or PDF, by the file's name.",
            ),
        ),
    ),
    Noun(
        words="pages",
        help="Find, show, make, move and delete pages.",
        thing="page",
        panel=CONTENT,
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
        ),
    ),
    Noun(
        words="apps",
        help="Find and show App Studio apps.",
        thing="app",
        panel=CONTENT,
        rows=(
            Row(
                name="list",
                method="data_apps.list",
                examples=("--title sales",),
                columns="id=data_app_id title owners views=view_count updated=last_updated",
            ),
            Row(name="show", method="data_apps.get", examples=("5",)),
            Row(name="access", method="data_apps.access", examples=("5 --json",)),
        ),
    ),
    Noun(
        words="alerts",
        help="Find, show, make and delete alerts.",
        thing="alert",
        panel=CONTENT,
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
            Row(name="subscribers", method="alerts.subscriptions", examples=("9",), thing="subscriber"),
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
        ),
    ),
    Noun(
        words="reports",
        help="Look after scheduled reports, and send them.",
        thing="report",
        panel=CONTENT,
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
        ),
    ),
    Noun(
        words="beast-modes",
        help="Find, show, make and delete Beast Modes.",
        thing="Beast Mode",
        panel=CONTENT,
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
        ),
    ),
    Noun(
        words="dataflows",
        help="Run dataflows, and see how they went.",
        thing="dataflow",
        panel=RUNS,
        rows=(
            Row(
                name="list",
                method="dataflows.list",
                examples=("", "--json --query '[?enabled].name'"),
                columns="id name type=database_type state=run_state last=last_execution.state enabled modified",
            ),
            Row(name="show", method="dataflows.get", examples=("12",)),
            Row(name="create", method="dataflows.create", examples=("--definition @flow.json",)),
            Row(name="update", method="dataflows.patch", examples=("12 --name Orders", "12 --no-enabled")),
            Row(
                name="delete",
                method="dataflows.delete",
                examples=("12",),
                deletes="Delete the dataflow {dataflow_id}?",
                done="Deleted",
            ),
            Row(
                name="redefine",
                method="dataflows.update",
                examples=("12 --definition @flow.json",),
            ),
            Row(
                name="run",
                method="dataflows.execute",
                examples=("12", "12 --wait --timeout 900"),
            ),
            Row(name="wait", method="dataflows.wait", examples=("12 4711",)),
            Row(name="status", method="dataflows.get_execution", examples=("12 4711",)),
            Row(
                name="history",
                method="dataflows.executions",
                examples=("12 --limit 5", "12 --csv"),
                columns=_FLOW_RUN,
                thing="run",
            ),
            Row(
                name="versions",
                method="dataflows.versions",
                examples=("12",),
                thing="version",
            ),
            Row(name="set-tags", method="dataflows.set_tags", examples=("12 --tags nightly",)),
        ),
    ),
    Noun(
        words="workflows",
        help="",
        thing="workflow",
        panel=RUNS,
        rows=(
            Row(
                name="list",
                method="workflows.list",
                examples=("", "--json"),
                columns="id name owner versions=number_of_versions runs=total_executions updated=updated_on",
            ),
            Row(
                name="show",
                method="workflows.get",
                examples=("3fa8",),
                without=frozenset({"versions"}),
            ),
            Row(name="versions", method="workflows.versions", examples=("3fa8",), thing="version"),
            Row(
                name="history",
                method="workflows.executions",
                examples=("3fa8", "3fa8 --status FAILED"),
                columns=_INSTANCE,
                thing="run",
            ),
            Row(name="status", method="workflows.get_execution", examples=("9c1d", "9c1d --query status")),
            Row(name="wait", method="workflows.wait", examples=("9c1d --timeout 900",)),
            Row(name="outputs", method="workflows.outputs", examples=("9c1d",)),
            Row(
                name="cancel",
                method="workflows.cancel",
                examples=("9c1d", "9c1d --yes"),
                deletes="Cancel the run {instance_id}?",
            ),
            Row(name="restart", method="workflows.restart", examples=("9c1d",)),
        ),
    ),
    Noun(
        words="queues",
        help="Look at Task Center's queues.",
        thing="queue",
        panel=RUNS,
        rows=(
            Row(
                name="list",
                method="task_center.queues.list",
                examples=("",),
                columns="id name owner active updated=updated_on",
            ),
            Row(name="show", method="task_center.queues.get", examples=("77ab",)),
            Row(name="set-owner", method="task_center.queues.set_owner", examples=("77ab 27",)),
        ),
    ),
    Noun(
        words="tasks",
        help="Look at Task Center's tasks, and work on them.",
        thing="task",
        panel=RUNS,
        rows=(
            Row(
                name="list",
                method="task_center.tasks.list",
                examples=("--status OPEN", "--queue-id 77ab --assigned-to 27 --json"),
                columns=_TASK,
                without=frozenset({"created_on", "assigned_on", "updated_on", "completed_on", "render_parts"}),
            ),
            Row(name="show", method="task_center.tasks.get", examples=("77ab t1",)),
            Row(name="update", method="task_center.tasks.save", examples=("""77ab t1 --values '{"ok": true}'""",)),
            Row(
                name="complete",
                method="task_center.tasks.complete",
                examples=("""77ab t1 --version 1 --values '{"ok": true}'""",),
                done="Completed",
            ),
            Row(
                name="assign",
                method="task_center.tasks.assign",
                examples=("77ab t1 --user-id 27",),
                done="Assigned",
            ),
            Row(
                name="move", method="task_center.tasks.move", examples=("77ab t1 --target-queue-id 78cd",), done="Moved"
            ),
            Row(
                name="void",
                method="task_center.tasks.void",
                examples=("77ab t1",),
                deletes="Void the task {task_id}?",
                done="Voided",
            ),
        ),
    ),
    Noun(words="appdb", help="Look after App DB: datastores, collections, documents.", thing="", panel=DATA, rows=()),
    Noun(
        words="appdb datastores",
        help="Datastores, which have collections.",
        thing="datastore",
        panel="",
        rows=(
            Row(
                name="list",
                method="appdb.datastores.list",
                examples=("",),
                columns="id name owner updated=updated_on",
            ),
            Row(name="show", method="appdb.datastores.get", examples=("d1",)),
            Row(name="create", method="appdb.datastores.create", examples=("--name Orders",)),
            Row(name="update", method="appdb.datastores.rename", examples=("d1 --name Orders",)),
            Row(
                name="delete",
                method="appdb.datastores.delete",
                examples=("d1",),
                deletes="Delete the datastore {datastore_id}?",
                done="Deleted",
            ),
        ),
    ),
    Noun(
        words="appdb collections",
        help="Collections, which have documents.",
        thing="collection",
        panel="",
        rows=(
            Row(
                name="list",
                method="appdb.collections.list",
                examples=("", "d1"),
                columns="id name datastore=datastore_id owner sync=sync_enabled updated=updated_on",
            ),
            Row(name="show", method="appdb.collections.get", examples=("c1",)),
            Row(
                name="create",
                method="appdb.collections.create",
                examples=("""d1 --name orders --columns '{"id": "LONG"}' --sync-enabled""",),
            ),
            Row(name="update", method="appdb.collections.update", examples=("c1 --name orders", "c1 --owner 27")),
            Row(
                name="delete",
                method="appdb.collections.delete",
                examples=("c1",),
                deletes="Delete the collection {collection_id} and its documents?",
                done="Deleted",
            ),
        ),
    ),
    Noun(
        words="appdb documents",
        help="Documents of a collection.",
        thing="document",
        panel="",
        rows=(
            Row(
                name="list",
                method="appdb.documents.list",
                examples=("c1", "c1 --json --query '[].content'"),
                columns="id content owner updated=updated_on",
            ),
            Row(
                name="search",
                method="appdb.documents.query",
                examples=("""c1 --filter '{"content.region": {"$eq": "North"}}'""",),
                columns="id content owner updated=updated_on",
            ),
            Row(name="show", method="appdb.documents.get", examples=("c1 a1",)),
            Row(name="create", method="appdb.documents.create", examples=("""c1 --content '{"region": "North"}'""",)),
            Row(name="update", method="appdb.documents.update", examples=("c1 a1 --content @order.json",)),
            Row(
                name="delete",
                method="appdb.documents.delete",
                examples=("c1 a1",),
                deletes="Delete the document {document_id}?",
                done="Deleted",
            ),
        ),
    ),
    Noun(
        words="users",
        help="",
        thing="user",
        panel=PEOPLE,
        rows=(
            Row(
                name="search",
                method="users.search",
                examples=("--text ann",),
                columns=_PERSON,
                without=frozenset({"filters"}),
            ),
            Row(name="show", method="users.get", examples=("27",)),
            Row(
                name="create",
                method="users.create",
                examples=("--display-name 'Ann Lee' --email-address ann@example.com --role-id 2",),
            ),
            Row(name="update", method="users.update", examples=("27 --role-id 4",)),
            Row(
                name="delete",
                method="users.delete",
                examples=("27",),
                deletes="Delete the user {user_id}? What the user owns stays without an owner: see users offboard.",
                done="Deleted",
            ),
            Row(
                name="deactivate",
                method="users.deactivate",
                examples=("27",),
                deletes="Keep the user {user_id} from logging in?",
            ),
        ),
    ),
    Noun(
        words="groups",
        help="",
        thing="group",
        panel=PEOPLE,
        rows=(
            Row(name="show", method="groups.get", examples=("8",)),
            Row(name="create", method="groups.create", examples=("--name Sales --type closed",)),
            Row(name="update", method="groups.update", examples=("8 --name 'Sales North'",)),
            Row(
                name="delete",
                method="groups.delete",
                examples=("8",),
                deletes="Delete the group {group_id}?",
                done="Deleted",
            ),
            Row(name="members", method="groups.members", examples=("8 --csv",), thing="member"),
            Row(
                name="add-members", method="groups.add_members", examples=("8 --members 27 --members 28",), done="Added"
            ),
            Row(
                name="remove-members",
                method="groups.remove_members",
                examples=("8 --members 27",),
                deletes="Let {members} leave the group {group_id}?",
                done="Removed",
            ),
        ),
    ),
    Noun(
        words="roles",
        help="Look after roles and what they allow.",
        thing="role",
        panel=PEOPLE,
        rows=(
            Row(
                name="list",
                method="roles.list",
                examples=("", "--json"),
                columns="id name description users=user_count authorities=authority_count",
            ),
            Row(name="show", method="roles.get", examples=("2",)),
            Row(
                name="create",
                method="roles.create",
                examples=("--name Analysts --description 'Read and query' --from-role-id 4",),
            ),
            Row(name="update", method="roles.update", examples=("2 --name Analysts",)),
            Row(
                name="delete",
                method="roles.delete",
                examples=("2",),
                deletes="Delete the role {role_id}?",
                done="Deleted",
            ),
            Row(name="authorities", method="roles.authorities", examples=("2",), thing="authoritie"),
            Row(
                name="sync-authorities",
                method="roles.sync_authorities",
                examples=("2 dataset.edit user.invite --dry-run", "2 dataset.edit --no-remove"),
            ),
            Row(
                name="users",
                method="roles.users",
                examples=("2 --search ann",),
                columns="id=user_id name=display_name email department title=job_title",
                thing="user",
            ),
            Row(name="assign", method="roles.assign", examples=("2 27 28 --dry-run",)),
        ),
    ),
    Noun(
        words="tokens",
        help="Look after access tokens.",
        thing="token",
        panel=PEOPLE,
        rows=(
            Row(
                name="list",
                method="access_tokens.list",
                examples=("", "--csv"),
                columns="id name owner=owner_name email=owner_email expires",
            ),
            Row(
                name="create",
                method="access_tokens.create",
                examples=("--name nightly --owner-id 27 --expires 2027-12-31 --output nightly.token",),
                secret="token",  # noqa: S106 - the field that has it
            ),
            Row(
                name="revoke",
                method="access_tokens.revoke",
                examples=("4",),
                deletes="Revoke the token {token_id}? Whoever uses it is locked out.",
                done="Revoked",
            ),
        ),
    ),
    Noun(
        words="filesets",
        help="",
        thing="FileSet",
        panel=DATA,
        rows=(
            Row(
                name="list",
                method="filesets.search",
                examples=("", "--limit 5 --json"),
                columns="id name owner files=file_count size updated",
                without=frozenset({"filters", "date_filters", "sort_by", "ascending"}),
            ),
            Row(name="show", method="filesets.get", examples=("f1",)),
            Row(
                name="create",
                method="filesets.create",
                examples=("--name Papers",),
                without=frozenset({"connector_context"}),
            ),
            Row(name="update", method="filesets.update", examples=("f1 --name Papers",)),
            Row(
                name="delete",
                method="filesets.delete",
                examples=("f1",),
                deletes="Delete the FileSet {fileset_id} and its files?",
                done="Deleted",
            ),
        ),
    ),
)
