"""Commands about what runs: dataflows, workflows, functions, tasks."""

from __future__ import annotations

from domo_async._cli.rows import Noun, Row

__all__ = ["NOUNS", "PANEL"]

PANEL = "Automation"
_FLOW_RUN = "id state begin=begin_time end=end_time rows_read=total_rows_read rows_written=total_rows_written"
_INSTANCE = "id status model=model_name version=model_version started=started_at finished=finished_at by=started_by"
_TASK = "id status queue=queue_id type=display_type assigned_to created=created_on"

NOUNS: tuple[Noun, ...] = (
    Noun(
        words="dataflows",
        help="Run dataflows, and show their runs.",
        thing="dataflow",
        panel=PANEL,
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
                columns="id number=version_number made=time_stamp author=author_id description",
                examples=("12",),
                thing="version",
            ),
            Row(name="version", method="dataflows.get_version", examples=("12 3 --json",)),
            Row(name="tags", method="dataflows.tags", examples=("12",), thing="tag"),
            Row(name="set-tags", method="dataflows.set_tags", examples=("12 --tags nightly",)),
            Row(name="share", method="dataflows.share", examples=("12 --permissions @grants.json",), done="Shared"),
        ),
    ),
    Noun(
        words="workflows",
        help="",
        thing="workflow",
        panel=PANEL,
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
            Row(
                name="versions",
                method="workflows.versions",
                columns="version active description runs=total_executions updated=updated_on",
                examples=("3fa8",),
                thing="version",
            ),
            Row(
                name="history",
                method="workflows.executions",
                examples=("3fa8", "3fa8 --status FAILED"),
                columns=_INSTANCE,
                thing="run",
            ),
            Row(name="status", method="workflows.get_execution", examples=("9c1d", "9c1d --query status")),
            Row(name="wait", method="workflows.wait", examples=("9c1d --timeout 900",)),
            Row(name="definition", method="workflows.definition", examples=("3fa8 1.0.0 --json",)),
            Row(name="metrics", method="workflows.metrics", examples=("--model-id 3fa8 --started-after 7d",)),
            Row(name="outputs", method="workflows.outputs", examples=("9c1d",)),
            Row(
                name="cancel",
                method="workflows.cancel",
                examples=("9c1d", "9c1d --yes"),
                deletes="Cancel the run {instance_id}?",
            ),
            Row(name="restart", method="workflows.restart", examples=("9c1d",)),
            Row(name="set-owner", method="workflows.set_owner", examples=("3fa8 27",)),
            Row(name="access", method="workflows.permissions", examples=("3fa8 --json",)),
            Row(
                name="set-access",
                method="workflows.set_permissions",
                examples=('3fa8 --permissions \'[{"id": 27, "name": "Ann", "permissions": ["READ"]}]\' ',),
            ),
            Row(name="triggers", method="workflows.triggers", examples=("3fa8",), thing="trigger"),
            Row(name="activate", method="workflows.activate", examples=("t1 --data '{\"order\": 4711}' ",)),
        ),
    ),
    Noun(
        words="queues",
        help="Show and manage the queues of Task Center.",
        thing="queue",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="task_center.queues.list",
                examples=("",),
                columns="id name owner active updated=updated_on",
            ),
            Row(name="show", method="task_center.queues.get", examples=("77ab",)),
            Row(name="set-owner", method="task_center.queues.set_owner", examples=("77ab 27",)),
            Row(
                name="set-access",
                method="task_center.queues.set_permissions",
                examples=('77ab --permissions \'[{"id": 27, "name": "Ann", "permissions": ["READ"]}]\' ',),
            ),
        ),
    ),
    Noun(
        words="tasks",
        help="Find, show, assign and complete the tasks of Task Center.",
        thing="task",
        panel=PANEL,
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
    Noun(
        words="code-engine",
        help="Run functions of Code Engine, and manage its packages.",
        thing="",
        panel=PANEL,
        rows=(
            Row(
                name="run",
                method="code_engine.run",
                without=frozenset({"check"}),
                examples=(
                    'p1 1.0.1 total --input-variables \'{"region": "West"}\' ',
                    "p1 1.0.1 total --input-variables @order.json --query result",
                ),
            ),
            Row(name="status", method="code_engine.get_execution", examples=("p1 x1",)),
            Row(name="wait", method="code_engine.wait", examples=("p1 x1 --timeout 900",)),
        ),
    ),
    Noun(
        words="code-engine packages",
        help="Manage packages of functions.",
        thing="package",
        panel="",
        rows=(
            Row(
                name="list",
                method="code_engine.packages.list",
                examples=("", "--csv"),
                columns="id name language availability owner updated=updated_on",
            ),
            Row(name="show", method="code_engine.packages.get", examples=("p1", "p1 --query versions[].version")),
            Row(
                name="create",
                method="code_engine.packages.create",
                files=frozenset({"code"}),
                examples=(
                    "--name Totals --language PYTHON --code @totals.py --functions @functions.json",
                    (
                        "--package-id p1 --version 1.0.2 --name Totals --language PYTHON --code @totals.py"
                        " --functions @functions.json"
                    ),
                ),
            ),
            Row(
                name="delete",
                method="code_engine.packages.delete",
                examples=("p1",),
                deletes="Delete the package {package_id} and its functions?",
                done="Deleted",
            ),
            Row(name="version", method="code_engine.packages.get_version", examples=("p1 1.0.1 --query code",)),
            Row(name="release", method="code_engine.packages.release", examples=("p1 1.0.1",), done="Released"),
            Row(name="set-owner", method="code_engine.packages.set_owner", examples=("p1 27",)),
            Row(name="access", method="code_engine.packages.permissions", examples=("p1 --json",)),
            Row(
                name="set-access",
                method="code_engine.packages.set_permissions",
                examples=('p1 --permissions \'[{"id": 27, "name": "Ann", "permissions": ["READ"]}]\' ',),
            ),
        ),
    ),
    Noun(
        words="applications",
        help="Show executor applications, such as Remote DomoStats, and run their jobs.",
        thing="application",
        panel=PANEL,
        rows=(
            Row(
                name="list",
                method="applications.list",
                examples=("",),
                columns="id=application_id name version description",
            ),
            Row(name="show", method="applications.get", examples=("a1",)),
        ),
    ),
    Noun(
        words="applications jobs",
        help="Manage the jobs of an application.",
        thing="job",
        panel="",
        rows=(
            Row(
                name="list",
                method="applications.jobs",
                examples=("a1",),
                columns="id=job_id name=job_name status=job_status owner=user_id updated",
            ),
            Row(name="show", method="applications.get_job", examples=("a1 j1",)),
            Row(name="create", method="applications.create_job", examples=("a1 --definition @job.json",)),
            Row(name="update", method="applications.update_job", examples=("a1 j1 --job-name Nightly",)),
            Row(name="run", method="applications.run_job", examples=("a1 j1",)),
        ),
    ),
    Noun(
        words="ai",
        help="Use the AI models of the instance.",
        thing="",
        panel=PANEL,
        rows=(
            Row(
                name="generate",
                method="ai.generate_text",
                files=frozenset({"input"}),
                examples=("--input 'What is a dataflow?'",),
            ),
            Row(
                name="summarize",
                method="ai.summarize",
                files=frozenset({"input"}),
                examples=("--input @report.txt", "--input @report.txt --query output"),
            ),
            Row(
                name="sql",
                method="ai.text_to_sql",
                files=frozenset({"input"}),
                examples=("--input 'Sales by region' --data-source-schemas @schemas.json --query output",),
            ),
            Row(
                name="classify",
                method="ai.classify",
                examples=("'Where is my order?' --labels Shipping --labels Billing",),
            ),
            Row(name="sentiment", method="ai.sentiment", examples=("'I like it.'",)),
        ),
    ),
)
