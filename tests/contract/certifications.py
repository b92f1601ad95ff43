"""Certifications: E028 to E030."""

from __future__ import annotations

from domo_async._endpoints.certifications import Certification, EntityType
from tests.contract.row import Row, Sent, documented, whole

DATASET = "58b3775b-ab03-4f54-9052-a3c5f7cbf426"

ROWS = [
    Row(
        "E028",
        lambda domo: domo.certifications.get("CARD", 512),
        Sent("GET", "/api/tags/v3/CARD/512/system/CERTIFIED/state", answer=documented("E028")),
        gives=Certification,
    ),
    Row(
        "E028",
        lambda domo: domo.certifications.get(EntityType.DATA_SOURCE, DATASET),
        Sent(
            "GET",
            f"/api/tags/v3/DATA_SOURCE/{DATASET}/system/CERTIFIED/state",
            answer=whole(
                {"tag": "CERTIFIED", "state": "ACTIVE", "metadata": {"userId": "27"}, "updated": 1734458216000}
            ),
        ),
        gives=Certification,
        note="of what is certified",
    ),
    Row(
        "E028",
        lambda domo: domo.certifications.get("CARD", 512),
        Sent("GET", "/api/tags/v3/CARD/512/system/CERTIFIED/state"),
        gives=lambda found: found == Certification(),
        note="without a body",
    ),
    Row(
        "E029",
        lambda domo: domo.certifications.certify(EntityType.DATA_SOURCE, DATASET),
        Sent("PUT", f"/api/tags/v3/DATA_SOURCE/{DATASET}/system/CERTIFIED/state/ACTIVE"),
    ),
    Row(
        "E030",
        lambda domo: domo.certifications.remove("CARD", 512),
        Sent("DELETE", "/api/tags/v3/CARD/512/system/CERTIFIED/state", status=204),
    ),
    Row(
        "seen: Certified Content, Get a certification",
        lambda domo: domo.certifications.get("CARD", 512),
        Sent(
            "GET",
            "/api/tags/v3/CARD/512/system/CERTIFIED/state",
            answer=whole(
                {
                    "metadata": {
                        "adminCertified": False,
                        "approvalRequestId": "00000000-0000-0000-0000-000000000000",
                        "approvalTemplateTitle": "Cards",
                        "processType": "COMPANY",
                        "userId": "12345",
                    },
                    "state": "ACTIVE",
                    "tag": "CERTIFIED",
                    "updated": 1735689600000,
                }
            ),
        ),
        gives=Certification,
    ),
]
