"""The certification of cards and datasets."""

from __future__ import annotations

from attrs import frozen

from domo_async._endpoints._area import Area
from domo_async._transport import url
from domo_async._wire import EpochMillis, Model, NumericId, OpenEnum

__all__ = ["Certification", "CertificationMetadata", "CertificationState", "Certifications", "EntityType"]


class EntityType(OpenEnum):
    """The type of content that can be certified."""

    CARD = "CARD"
    DATA_SOURCE = "DATA_SOURCE"


class CertificationState(OpenEnum):
    """The state of a certification."""

    ACTIVE = "ACTIVE"


@frozen(kw_only=True)
class CertificationMetadata(Model):
    """The origin of a certification. Domo's documentation does not have it; instances are seen to answer so.

    Attributes:
        admin_certified: Whether an administrator certified it without an approval request.
        approval_request_id: The approval request.
        approval_template_title: The title of the approval template.
        process_type: The type of the process, such as ``COMPANY``.
        user_id: The user who certified it.
    """

    admin_certified: bool | None = None
    approval_request_id: str | None = None
    approval_template_title: str | None = None
    process_type: str | None = None
    user_id: NumericId | None = None


@frozen(kw_only=True)
class Certification(Model):
    """The certification of a card or a dataset. Domo's sample shows only one without: all fields but `tag` are null.

    Attributes:
        tag: The tag that the state belongs to, ``CERTIFIED``.
        state: The state of the certification; None if there is none.
        metadata: The origin of the certification.
        updated: When it was last changed.
    """

    tag: str | None = None
    state: CertificationState | None = None
    metadata: CertificationMetadata | None = None
    updated: EpochMillis | None = None


class Certifications(Area):
    """The certification of cards and datasets."""

    async def get(self, entity_type: EntityType | str, entity_id: int | str, /) -> Certification:
        """Return the certification of a card or a dataset.

        `GET /api/tags/v3/{entity_type}/{entity_id}/system/CERTIFIED/state` (Certified Content, "Get Certification
        Status").

        Example:
            certification = await domo.certifications.get("DATA_SOURCE", dataset_id)
            print(certification.state)

        Args:
            entity_type: ``CARD`` or ``DATA_SOURCE``, which is a dataset.
            entity_id: The card or the dataset.

        Returns:
            The certification; its `state` is None if there is none.
        """
        path = url("/api/tags/v3/{}/{}/system/CERTIFIED/state", entity_type, entity_id)
        return await self._http.request("GET", path, into=Certification, empty=Certification())

    async def certify(self, entity_type: EntityType | str, entity_id: int | str, /) -> None:
        """Certify a card or a dataset.

        `PUT /api/tags/v3/{entity_type}/{entity_id}/system/CERTIFIED/state/ACTIVE` (Certified Content, "Certify
        Content").

        Args:
            entity_type: ``CARD`` or ``DATA_SOURCE``, which is a dataset.
            entity_id: The card or the dataset.
        """
        await self._http.request("PUT", url("/api/tags/v3/{}/{}/system/CERTIFIED/state/ACTIVE", entity_type, entity_id))

    async def remove(self, entity_type: EntityType | str, entity_id: int | str, /) -> None:
        """Remove the certification of a card or a dataset.

        `DELETE /api/tags/v3/{entity_type}/{entity_id}/system/CERTIFIED/state` (Certified Content, "Delete a
        Certification").

        Args:
            entity_type: ``CARD`` or ``DATA_SOURCE``, which is a dataset.
            entity_id: The card or the dataset.
        """
        await self._http.request("DELETE", url("/api/tags/v3/{}/{}/system/CERTIFIED/state", entity_type, entity_id))
