"""Client hints of parameters and headers. Source: Matomo 5.2, tracking parameter uadata; recorded traffic."""

from __future__ import annotations

import pytest

from tidemark.tracking.client_hints import client_hints

HEADERS = {"sec-ch-ua": '"A";v="1"', "sec-ch-ua-platform": '"Linux"', "dnt": "1", "sec-ch-ua-model": ""}
UADATA = (
    '{"fullVersionList":[{"brand":"Google Chrome","version":"129.0.1"},{"brand":"Not A;B","version":"8"}],"mobile":true,'
    '"model":"Pixel 8","platform":"Android","platformVersion":"14.0.0","formFactors":["Mobile"]}'
)


@pytest.mark.parametrize(
    ("params", "headers", "expected"),
    [
        ({}, {}, {}),
        ({}, HEADERS, {"sec-ch-ua": '"A";v="1"', "sec-ch-ua-platform": '"Linux"'}),
        ({"uadata": "{}"}, HEADERS, {}),
        ({"uadata": "broken"}, HEADERS, {}),
        ({"uadata": ""}, HEADERS, {"sec-ch-ua": '"A";v="1"', "sec-ch-ua-platform": '"Linux"'}),
        (
            {"uadata": UADATA},
            HEADERS,
            {
                "sec-ch-ua-full-version-list": '"Google Chrome"; v="129.0.1", "Not A;B"; v="8"',
                "sec-ch-ua-mobile": "?1",
                "sec-ch-ua-model": "Pixel 8",
                "sec-ch-ua-platform": "Android",
                "sec-ch-ua-platform-version": "14.0.0",
                "sec-ch-ua-form-factors": "Mobile",
            },
        ),
        (
            {"uadata": '{"brands":[{"brand":"A","version":"1"},{"version":"2"},3],"mobile":false,"model":""}'},
            {},
            {"sec-ch-ua-full-version-list": '"A"; v="1"', "sec-ch-ua-mobile": "?0"},
        ),
        ({"uadata": {"platform": "Linux"}}, {}, {"sec-ch-ua-platform": "Linux"}),
        ({"uadata": '{"brands":"x","formFactors":"y","platform":7}'}, {}, {}),
    ],
)
def test_hints_are_of_the_parameter_or_else_of_the_headers(params, headers, expected):
    assert dict(client_hints(params, headers)) == expected
