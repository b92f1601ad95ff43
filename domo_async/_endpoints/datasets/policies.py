"""Policies, which limit the rows of a dataset that a user sees (personalised data permissions)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import field, frozen

from domo_async._endpoints._area import Area, require_list
from domo_async._frames import ItemTuple
from domo_async._transport import Pager, url
from domo_async._wire import UNSET, Model, NumericId, OpenEnum, Record, payload, wire_name

__all__ = [
    "Policies",
    "Policy",
    "PolicyControl",
    "PolicyFilter",
    "PolicyFilterType",
    "PolicyOperator",
    "PolicyParameter",
]

_OPTIONS = ("load_associations", "load_filters", "include_open_policy", "sort")


class PolicyOperator(OpenEnum):
    """The comparison of a column with a value; other clients send only the first."""

    EQUALS = "EQUALS"
    LIKE = "LIKE"
    GREATER_THAN = "GREATER_THAN"
    LESS_THAN = "LESS_THAN"
    GREATER_THAN_EQUAL = "GREATER_THAN_EQUAL"
    LESS_THAN_EQUAL = "LESS_THAN_EQUAL"
    BETWEEN = "BETWEEN"
    BEGINS_WITH = "BEGINS_WITH"
    ENDS_WITH = "ENDS_WITH"
    CONTAINS = "CONTAINS"


class PolicyFilterType(OpenEnum):
    """The type of the values that a column is compared with: literal values, or attributes of the current user."""

    COLUMN = "COLUMN"
    DYNAMIC = "DYNAMIC"


@frozen(kw_only=True)
class PolicyParameter(Model):
    """A condition of a policy.

    Attributes:
        name: The column.
        value: The value, if there is only one.
        values: The values, any of which matches.
        type: Whether the values are literal, or names of attributes of the current user.
        operator: The comparison of the column with the values.
        negated: Whether rows that match are hidden.
        ignore_case: Whether letter case is ignored.
    """

    name: str | None = None
    value: str | int | float | None = None
    values: tuple[str | int | float | None, ...] = ()
    type: PolicyFilterType | None = None
    operator: PolicyOperator | None = None
    negated: bool | None = field(default=None, metadata=wire_name("not"))
    ignore_case: bool | None = None


@frozen(kw_only=True)
class Policy(Model):
    """A policy of a dataset.

    Attributes:
        filter_group_id: The policy.
        name: The policy's name, which need not be unique.
        data_source_id: The dataset.
        type: The policy's type; ``open`` is "All Rows", whose users see everything.
        virtual_user_ids: The virtual users to whom the policy applies.
        user_ids: The users to whom the policy applies.
        group_ids: The groups to which the policy applies.
        data_source_permissions: The instance's field of this name; other clients always send false.
        resources: Other resources to which the policy applies, by type.
        parameters: The policy's conditions, all of which a row must match.
        order: The policy's position.
        policy_set_id: The set of policies that it belongs to.
    """

    filter_group_id: NumericId
    name: str | None = None
    data_source_id: str | None = None
    type: str | None = None
    virtual_user_ids: tuple[NumericId | str, ...] = ()
    user_ids: tuple[NumericId, ...] = ()
    group_ids: tuple[NumericId, ...] = ()
    data_source_permissions: bool | None = None
    resources: Mapping[str, Any] | None = None
    parameters: tuple[PolicyParameter, ...] = ()
    order: int | None = None
    policy_set_id: NumericId | None = None


@frozen(kw_only=True)
class PolicyControl(Model):
    """The settings of a dataset's policies.

    Attributes:
        enabled: Whether the policies are enabled.
        secured: Whether the dataset is secured.
        external: Whether the policies are kept outside of Domo.
        enabled_column: Whether policies of columns are enabled, too.
    """

    enabled: bool | None = None
    secured: bool | None = None
    external: bool | None = None
    enabled_column: bool | None = None


@frozen
class PolicyFilter(Record):
    """A condition that rows must match.

    Attributes:
        column: The column's name.
        values: The values, any of which matches; for ``DYNAMIC`` the names of attributes, such as
            ``domo.policy.managed_user_department``.
        operator: The comparison of the column with the values.
        ignore_case: Whether letter case is ignored.
        negated: Whether rows that match are hidden.
        type: Whether the values are literal, or names of attributes of the current user.
    """

    column: str
    values: Sequence[str | int | float]
    operator: PolicyOperator | str = PolicyOperator.EQUALS
    ignore_case: bool = True
    negated: bool = False
    type: PolicyFilterType | str = PolicyFilterType.COLUMN


class Policies(Area):
    """The policies of datasets."""

    def list(self, dataset_id: str, /) -> Pager[Policy]:
        """Iterate over a dataset's policies and the users they apply to, including "All Rows".

        `GET /api/query/v1/data-control/{dataset_id}/filter-groups`. Seen: a page of Domo's shows it, which is not among
        the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: The dataset does not exist.
        """
        return self._http.whole_list(
            "GET",
            url("/api/query/v1/data-control/{}/filter-groups", dataset_id),
            params={"options": _OPTIONS},
            into=ItemTuple[Policy],
            read=tuple,
        )

    async def create(
        self,
        dataset_id: str,
        /,
        *,
        name: str,
        filters: Sequence[PolicyFilter],
        users: Sequence[int | str] = (),
        groups: Sequence[int | str] = (),
        virtual_users: Sequence[int | str] = (),
    ) -> Policy:
        """Create a policy. It takes effect once policies are enabled for the dataset.

        `POST /api/query/v1/data-control/{dataset_id}/filter-groups`. Seen: a page of Domo's shows it, which is not
        among the documents of the other routes, and other clients use it.

        ```python
        east = PolicyFilter("region", ["East"])
        await domo.datasets.policies.create(dataset_id, name="East", filters=[east], users=[27])
        await domo.datasets.policies.enable(dataset_id)
        ```

        Args:
            dataset_id: The dataset.
            name: The policy's name; the instance accepts the same name twice.
            filters: The conditions, all of which a row must match to be visible.
            users: The users to whom the policy applies.
            groups: The groups to which the policy applies.
            virtual_users: The virtual users to whom the policy applies.

        Raises:
            ConfigError: `filters`, or the `values` of a filter, are empty.
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "POST",
            url("/api/query/v1/data-control/{}/filter-groups", dataset_id),
            json=_body(dataset_id, name, filters, users, groups, virtual_users),
            into=Policy,
        )

    async def update(
        self,
        dataset_id: str,
        policy_id: int | str,
        /,
        *,
        name: str,
        filters: Sequence[PolicyFilter],
        users: Sequence[int | str] = (),
        groups: Sequence[int | str] = (),
        virtual_users: Sequence[int | str] = (),
    ) -> Policy:
        """Replace a policy; a user or group that is not named loses it.

        `PUT /api/query/v1/data-control/{dataset_id}/filter-groups/{policy_id}`. Seen: a page of Domo's shows it, which
        is not among the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.
            policy_id: The policy.
            name: The policy's name.
            filters: The conditions, all of which a row must match to be visible.
            users: The users to whom the policy applies.
            groups: The groups to which the policy applies.
            virtual_users: The virtual users to whom the policy applies.

        Raises:
            ConfigError: `filters`, or the `values` of a filter, are empty.
            NotFound: The dataset or the policy does not exist.
        """
        body = _body(dataset_id, name, filters, users, groups, virtual_users)
        return await self._http.request(
            "PUT",
            url("/api/query/v1/data-control/{}/filter-groups/{}", dataset_id, policy_id),
            json={**body, "filterGroupId": policy_id},
            into=Policy,
        )

    async def delete(self, dataset_id: str, policy_id: int | str, /) -> None:
        """Delete a policy.

        `DELETE /api/query/v1/data-control/{dataset_id}/filter-groups/{policy_id}`. Seen: a page of Domo's shows it,
        which is not among the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.
            policy_id: The policy.

        Raises:
            NotFound: The dataset or the policy does not exist.
        """
        await self._http.request("DELETE", url("/api/query/v1/data-control/{}/filter-groups/{}", dataset_id, policy_id))

    async def enable(self, dataset_id: str, /, *, enabled: bool = True, external: bool = False) -> PolicyControl:
        """Enable or disable a dataset's policies. Once enabled, users to whom no policy applies see no rows.

        `PUT /api/query/v1/data-control/{dataset_id}`. Seen: other clients use it.

        Args:
            dataset_id: The dataset.
            enabled: Whether to enable the policies.
            external: Whether the policies are kept outside of Domo.

        Raises:
            NotFound: The dataset does not exist.
        """
        return await self._http.request(
            "PUT",
            url("/api/query/v1/data-control/{}", dataset_id),
            json=payload(enabled=enabled, external=external),
            into=PolicyControl,
        )


def _body(
    dataset_id: str,
    name: str,
    filters: Sequence[PolicyFilter],
    users: Sequence[int | str],
    groups: Sequence[int | str],
    virtual_users: Sequence[int | str],
) -> dict[str, Any]:
    return payload(
        name=name,
        data_source_id=dataset_id,
        # Text, as Domo's own page sends them; answers have numbers.
        user_ids=[str(each) for each in require_list(users, "users", may_be_empty=True)],
        virtual_user_ids=[str(each) for each in require_list(virtual_users, "virtual_users", may_be_empty=True)],
        group_ids=[str(each) for each in require_list(groups, "groups", may_be_empty=True)],
        data_source_permissions=False,
        parameters=[
            payload(
                {"not": True if condition.negated else UNSET},
                type=condition.type,
                name=condition.column,
                values=require_list(condition.values, "values"),
                operator=condition.operator,
                ignore_case=condition.ignore_case,
            )
            # A policy without conditions would show all rows.
            for condition in require_list(filters, "filters")
        ],
    )
