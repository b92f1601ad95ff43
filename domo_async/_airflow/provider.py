"""The facts that Airflow reads about the provider, without importing the rest."""

from __future__ import annotations

__all__ = ["get_provider_info"]


def get_provider_info() -> dict[str, object]:
    """Return the description of the provider, for Airflow's entry point ``apache_airflow_provider``."""
    return {
        "package-name": "domo-async",
        "name": "Domo",
        "description": "Uploads to Domo's datasets, and waits for its dataflows and workflows.",
        "integrations": [
            {"integration-name": "Domo", "external-doc-url": "https://www.domo.com/docs", "tags": ["service"]}
        ],
        "hooks": [{"integration-name": "Domo", "python-modules": ["domo_async.airflow"]}],
        "operators": [{"integration-name": "Domo", "python-modules": ["domo_async.airflow"]}],
        "triggers": [{"integration-name": "Domo", "python-modules": ["domo_async.airflow"]}],
        "connection-types": [
            {
                "hook-class-name": "domo_async.airflow.DomoHook",
                "hook-name": "Domo",
                "connection-type": "domo",
                "conn-fields": {
                    "profile": {
                        "label": "Profile",
                        "schema": {"type": ["string", "null"]},
                        "description": "Instead of instance and token: a profile on the workers",
                    }
                },
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "login"],
                    "relabeling": {"host": "Instance", "password": "Developer token"},
                    "placeholders": {"host": "acme, acme.domo.com or a URL"},
                },
            }
        ],
    }
