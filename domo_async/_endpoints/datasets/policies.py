"""Policies: who sees which rows of a dataset (personalised data permissions)."""

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
    """How a column is compared; other clients send the first alone."""

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
    """What a column is compared with: values as they are, or attributes of whoever asks."""

    COLUMN = "COLUMN"
    DYNAMIC = "DYNAMIC"


@frozen(kw_only=True)
class PolicyParameter(Model):
    """A condition of a policy.

    Attributes:
        name: The column.
        value: The value, where there is one alone.
        values: The values, any of which fits.
        type: Whether the values are meant as they are, or name attributes of whoever asks.
        operator: How the column is compared with them.
        negated: Whether what fits is what is not seen.
        ignore_case: Whether letters of either case are the same.
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
        name: Its name, which other policies may have too.
        data_source_id: The dataset.
        type: Its kind; ``open`` is "All Rows", whose users see everything.
        virtual_user_ids: The virtual users that it is about.
        user_ids: The users that it is about.
        group_ids: The groups that it is about.
        data_source_permissions: What the instance says under this name; other clients always send false.
        resources: Who else it is about, by kind.
        parameters: Its conditions, all of which a row has to fit.
        order: Its place.
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
    """Whether a dataset's policies count.

    Attributes:
        enabled: Whether they do.
        secured: Whether the dataset is secured.
        external: Whether they are kept outside of Domo.
        enabled_column: Whether policies of columns count, too.
    """

    enabled: bool | None = None
    secured: bool | None = None
    external: bool | None = None
    enabled_column: bool | None = None


@frozen
class PolicyFilter(Record):
    """A condition that rows have to fit.

    Attributes:
        column: The column's name.
        values: The values, any of which fits; for ``DYNAMIC`` the names of attributes, such as
            ``domo.policy.managed_user_department``.
        operator: How the column is compared with them.
        ignore_case: Whether letters of either case are the same.
        negated: Whether what fits is what is not seen.
        type: Whether the values are meant as they are, or name attributes of whoever asks.
    """

    column: str
    values: Sequence[str | int | float]
    operator: PolicyOperator | str = PolicyOperator.EQUALS
    ignore_case: bool = True
    negated: bool = False
    type: PolicyFilterType | str = PolicyFilterType.COLUMN


class Policies(Area):
    """Policies of datasets."""

    def list(self, dataset_id: str, /) -> Pager[Policy]:
        """Iterate over a dataset's policies with whom they are about, "All Rows" among them.

        `GET /api/query/v1/data-control/{dataset_id}/filter-groups`. Seen: a page of Domo's shows it, which is not among
        the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.

        Raises:
            NotFound: There is no such dataset.
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
        """Create a policy. It counts once policies are enabled for the dataset.

        `POST /api/query/v1/data-control/{dataset_id}/filter-groups`. Seen: a page of Domo's shows it, which is not
        among the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.
            name: Its name; the instance takes the same name twice.
            filters: The conditions, all of which a row has to fit to be seen.
            users: The users that it is about.
            groups: The groups that it is about.
            virtual_users: The virtual users that it is about.

        Raises:
            ConfigError: `filters`, or the values of one, are empty.
            NotFound: There is no such dataset.
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
        """Make a policy what is given here; whoever is not named loses it.

        `PUT /api/query/v1/data-control/{dataset_id}/filter-groups/{policy_id}`. Seen: a page of Domo's shows it, which
        is not among the documents of the other routes, and other clients use it.

        Args:
            dataset_id: The dataset.
            policy_id: The policy.
            name: Its name.
            filters: The conditions, all of which a row has to fit to be seen.
            users: The users that it is about.
            groups: The groups that it is about.
            virtual_users: The virtual users that it is about.

        Raises:
            ConfigError: `filters`, or the values of one, are empty.
            NotFound: There is no such dataset or policy.
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
            NotFound: There is no such dataset or policy.
        """
        await self._http.request("DELETE", url("/api/query/v1/data-control/{}/filter-groups/{}", dataset_id, policy_id))

    async def enable(self, dataset_id: str, /, *, enabled: bool = True, external: bool = False) -> PolicyControl:
        """Let a dataset's policies count, or no longer. Once they do, whom none is about sees no rows.

        `PUT /api/query/v1/data-control/{dataset_id}`. Seen: other clients use it.

        Args:
            dataset_id: The dataset.
            enabled: Whether they are to count.
            external: Whether they are kept outside of Domo.

        Raises:
            NotFound: There is no such dataset.
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
        # Text, as Domo's own page shows them; answers have numbers.
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
