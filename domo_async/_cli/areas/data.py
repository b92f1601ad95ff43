"""Commands about data: datasets and what fills them, App DB, files."""

from __future__ import annotations

from domo_async._cli.rows import Noun, Row

__all__ = ["NOUNS", "PANEL"]

PANEL = "Data"
_ACCOUNT = "id=account_id|id name=display_name type=data_provider_type valid owner=user_id modified=modified_at"
_STREAM = "id dataset=data_source.name provider=data_provider.name method=update_method modified=modified_at"
_RUN = "id=execution_id state=current_state rows=rows_inserted type=run_type started=started_at ended=ended_at"

NOUNS: tuple[Noun, ...] = (
    Noun(
        words="datasets",
        help="",
        thing="dataset",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="datasets.list",
                examples=("--name-like orders", "--owner-id 27 --json --query '[?row_count > `1000`].name'"),
                columns="id name rows=row_count type=display_type|type owner=owner.name updated=last_updated",
            ),
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
                columns="id title type chart_type owner=owner_id",
                thing="card",
            ),
            Row(name="set-owner", method="datasets.set_owner", examples=("5f2a --user-id 27",)),
            Row(name="set-tags", method="datasets.set_tags", examples=("5f2a --tags daily --tags sales",)),
            Row(
                name="access",
                method="datasets.access.list",
                examples=("5f2a", "5f2a --csv"),
                columns="id type access_level name",
                thing="entry",
            ),
            Row(
                name="versions",
                method="datasets.versions.list",
                examples=("5f2a",),
                columns="id=data_id status=upload_status rows=num_rows bytes=num_bytes completed=upload_completed_date",
                thing="version",
            ),
            Row(
                name="partitions",
                method="datasets.partitions.list",
                columns="id=partition_id data=data_id rows=row_count completed=date_completed",
                examples=("5f2a --json",),
                thing="partition",
            ),
            Row(
                name="share",
                method="datasets.access.share",
                examples=("5f2a --permissions @grants.json --no-send-email",),
            ),
            Row(name="state", method="datasets.status", examples=("5f2a", "5f2a --query row_count")),
            Row(
                name="revoke",
                method="datasets.access.revoke",
                examples=("5f2a 27", "5f2a 8 --type GROUP"),
                deletes="Take the access of {grantee_id} to the dataset {dataset_id} away?",
                done="Revoked",
            ),
            Row(
                name="sync-access",
                method="datasets.access.sync",
                examples=("5f2a @grants.json --dry-run", "5f2a @grants.json --no-remove"),
                deletes="Take the access to the dataset {dataset_id} away from all who are not named?",
                without=frozenset({"batch_size"}),
            ),
            Row(name="index", method="datasets.indexes.create", examples=("5f2a --wait",)),
            Row(
                name="restore",
                method="datasets.restore",
                examples=("5f2a", "5f2a --new-owner-id 27"),
                done="Restored",
            ),
            Row(name="tags", method="datasets.tags", examples=("", "--csv"), thing="tag"),
            Row(
                name="delete-partition",
                method="datasets.partitions.delete_data",
                examples=("5f2a 2027-01-31",),
                deletes="Delete the data of the partition {partition_id} of the dataset {dataset_id}?",
                done="Deleted",
            ),
            Row(
                name="delete-partition-tag",
                method="datasets.partitions.delete",
                examples=("5f2a 2027-01-31",),
                deletes="Delete the tag {partition_id} of the dataset {dataset_id}, and keep its data?",
                done="Deleted",
            ),
            Row(
                name="keep-versions",
                method="datasets.versions.keep_last",
                examples=("5f2a 10 --dry-run", "5f2a 10"),
                deletes="Delete all data versions of the dataset {dataset_id} but the newest {count}?",
                columns="id=data_id status=upload_status rows=num_rows bytes=num_bytes completed=upload_completed_date",
                thing="version",
            ),
        ),
    ),
    Noun(
        words="policies",
        help="Manage which users see which rows of a dataset (PDP).",
        thing="policy",
        panel=PANEL,
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
        help="Run connectors, and show their runs.",
        thing="stream",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="streams.list",
                examples=("", "--limit 20 --json"),
                columns=_STREAM,
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
            Row(
                name="create",
                method="streams.create",
                examples=(
                    (
                        "--transport @transport.json --data-provider-key mysql --data-source-name Orders --account-id 4"
                        " --configuration @settings.json"
                    ),
                ),
            ),
            Row(
                name="update",
                method="streams.update",
                examples=(
                    (
                        "7 --transport @transport.json --configuration @settings.json --account-id 4"
                        " --update-method APPEND --data-provider-key mysql --data-source-name Orders"
                        " --data-source-description Nightly"
                    ),
                ),
            ),
            Row(
                name="search",
                method="streams.search",
                examples=("dataSource.id:5f2a",),
                columns=_STREAM,
            ),
            Row(name="of-dataset", method="streams.of_dataset", examples=("5f2a",)),
            Row(name="set-schedule", method="streams.set_schedule_state", examples=("7 INACTIVE",)),
        ),
    ),
    Noun(
        words="accounts",
        help="Manage the credentials of connectors.",
        thing="account",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="accounts.list",
                examples=("", "--type oauth --csv"),
                columns=_ACCOUNT,
            ),
            Row(
                name="search",
                method="accounts.search",
                examples=("--text warehouse",),
                columns=_ACCOUNT,
                options={"query": "text"},
                without=frozenset({"filters", "facet_values_to_include", "combine_results", "query_profile"}),
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
            Row(
                name="set-configuration",
                method="accounts.set_configuration",
                examples=("4 --data-provider-type snowflake --configurations @account.json",),
            ),
        ),
    ),
    Noun(words="appdb", help="Manage App DB: datastores, collections and documents.", thing="", panel=PANEL, rows=()),
    Noun(
        words="appdb datastores",
        help="Manage datastores, which contain collections.",
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
        help="Manage collections, which contain documents.",
        thing="collection",
        panel="",
        rows=(
            Row(
                name="list",
                method="appdb.collections.list",
                examples=("", "d1"),
                columns="id name datastore=datastore_id owner sync=sync_enabled updated=updated_on",
            ),
            Row(
                name="search",
                method="appdb.collections.search",
                examples=("--name orders",),
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
            Row(name="access", method="appdb.collections.permissions", examples=("c1", "c1 --json")),
            Row(
                name="set-access",
                method="appdb.collections.set_permissions",
                examples=("c1 USER 27 --permissions READ_CONTENT",),
            ),
            Row(
                name="revoke",
                method="appdb.collections.remove_permissions",
                examples=("c1 USER 27",),
                deletes="Take all access to the collection {collection_id} from {entity_id}?",
                done="Revoked",
            ),
        ),
    ),
    Noun(
        words="appdb documents",
        help="Manage the documents of a collection.",
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
        words="filesets files",
        help="Find, show and delete the files of a FileSet.",
        thing="file",
        panel="",
        rows=(
            Row(
                name="list",
                method="filesets.files.search",
                examples=("f1", "f1 --directory-path 2027 --csv"),
                columns="id path size type=content_type created",
                without=frozenset({"filters", "date_filters", "sort_by", "ascending"}),
            ),
            Row(
                name="query",
                method="filesets.files.query",
                examples=("f1 --question 'When is rent due?' --top-k 5",),
                options={"query": "question"},
            ),
            Row(name="show", method="filesets.files.get", examples=("f1 a1",)),
            Row(name="move", method="filesets.files.move", examples=("f1 a1 --path 2027/rent.pdf",)),
            Row(
                name="delete",
                method="filesets.files.delete",
                examples=("f1 a1",),
                deletes="Delete the file {file_id}?",
                done="Deleted",
            ),
        ),
    ),
    Noun(
        words="filesets",
        help="",
        thing="FileSet",
        panel=PANEL,
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
            Row(
                name="access",
                method="filesets.get_access",
                examples=("f1",),
                columns="id=entity_id type=entity_type permission",
                thing="entry",
            ),
            Row(
                name="set-owner",
                method="filesets.set_owner",
                examples=("f1 27",),
                columns="id=entity_id type=entity_type permission",
                thing="entry",
            ),
            Row(
                name="set-access",
                method="filesets.set_access",
                examples=("f1 --access @grants.json",),
                columns="id=entity_id type=entity_type permission",
                thing="entry",
            ),
            Row(name="stats", method="filesets.stats", examples=("f1",)),
        ),
    ),
    Noun(
        words="files",
        help="",
        thing="file",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="files.list",
                examples=("", "--user-id 27 --csv"),
                columns="id=data_file_id name size=current_revision.size_bytes owner=responsible_user_id"
                " created=datetime_created",
                without=frozenset({"data_file_ids", "expand"}),
            ),
            Row(name="show", method="files.get", examples=("101",), without=frozenset({"expand"})),
            Row(
                name="delete",
                method="files.delete",
                examples=("101",),
                deletes="Delete the file {file_id}?",
                done="Deleted",
            ),
            Row(
                name="revisions",
                method="files.list_revisions",
                examples=("101",),
                columns="",
                thing="revision",
                without=frozenset({"expand"}),
            ),
            Row(name="upload-revision", method="files.upload_revision", examples=("101 contract.pdf",)),
            Row(
                name="delete-revision",
                method="files.delete_revision",
                examples=("101 2",),
                deletes="Delete the revision {revision_id} of the file {file_id}?",
                done="Deleted",
            ),
            Row(name="duplicate", method="files.duplicate", examples=("101",)),
            Row(name="access", method="files.get_permissions", examples=("101",)),
            Row(
                name="set-access",
                method="files.set_permissions",
                examples=("101 --no-public-access --entries @grants.json",),
            ),
        ),
    ),
    Noun(
        words="s3-exports",
        help="Export datasets to Amazon S3.",
        thing="export",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="s3_exports.list",
                examples=("5f2a", "5f2a --json"),
                columns="id=export_id status=export_status bucket started finished message",
            ),
            Row(
                name="create",
                method="s3_exports.create",
                examples=(
                    (
                        "5f2a --credentials @aws.json --bucket exports --path orders --region us-east-1"
                        """ --export-query '{"columns": ["id"]}' --wait"""
                    ),
                ),
                options={"query": "export_query"},
            ),
            Row(name="wait", method="s3_exports.wait", examples=("5f2a e1", "5f2a e1 --timeout 900")),
        ),
    ),
    Noun(
        words="connectors",
        help="List the connectors, and those that have accounts.",
        thing="connector",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="data_providers.list",
                examples=("", "--filter sales --json"),
                columns="id=key name type visibility authentication=authentication_scheme",
            ),
            Row(name="show", method="data_providers.get", examples=("mysql",)),
            Row(
                name="accounts",
                method="data_providers.with_accounts",
                examples=("",),
                columns="id=key name authentication=authentication_scheme",
                thing="connector",
            ),
        ),
    ),
    Noun(words="migrations", help="Move datasets between integrations.", thing="", panel=PANEL, rows=()),
    Noun(
        words="migrations federated",
        help="Migrate datasets from Federated V1 to V2, and back.",
        thing="dataset",
        panel="",
        rows=(
            Row(name="types", method="migrations.federated.types", examples=("",), thing="type"),
            Row(
                name="accounts",
                method="migrations.federated.accounts",
                examples=("mysql-federated",),
                columns="id type name",
                thing="account",
            ),
            Row(
                name="list",
                method="migrations.federated.candidates",
                examples=("12", "12 --csv"),
                columns="id name migrated migration_date",
            ),
            Row(
                name="run",
                method="migrations.federated.migrate",
                without=frozenset({"check"}),
                examples=("5f2a 12 --catalog sales --schema none --table orders",),
            ),
            Row(
                name="reverse", method="migrations.federated.reverse", without=frozenset({"check"}), examples=("5f2a",)
            ),
        ),
    ),
    Noun(
        words="migrations amplifier",
        help="Migrate datasets from Federated to Cloud Amplifier, and back.",
        thing="dataset",
        panel="",
        rows=(
            Row(name="types", method="migrations.amplifier.types", examples=("",), thing="type"),
            Row(
                name="integrations",
                method="migrations.amplifier.integrations",
                examples=("BIGQUERY",),
                columns="id name type auth_method",
                thing="integration",
            ),
            Row(
                name="list",
                method="migrations.amplifier.candidates",
                examples=("i1", "i1 --csv"),
                columns="id name type table=table_name collision migrated",
            ),
            Row(
                name="list-reverse",
                method="migrations.amplifier.reverse_candidates",
                examples=("i1",),
                columns="id name type table=table_name collision migrated",
            ),
            Row(name="run", method="migrations.amplifier.migrate", without=frozenset({"check"}), examples=("5f2a i1",)),
            Row(
                name="reverse", method="migrations.amplifier.reverse", without=frozenset({"check"}), examples=("5f2a",)
            ),
        ),
    ),
)
