"""Formats of access logs: a line of each, as the servers write them, and what it says."""

from __future__ import annotations

import pytest

from tidemark.weblogs.columns import ColumnFormat
from tidemark.weblogs.formats import format_named, format_names, guessed
from tidemark.weblogs.line import MalformedLineError, line_of, moment_of
from tidemark.weblogs.patterns import own_format

AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/535.11 (KHTML, like Gecko) Chrome/17.0.963.56 Safari/535.11"
COMMON = '1.2.3.4 - theuser [10/Feb/2012:16:42:07 -0500] "GET / HTTP/1.0" 301 368'
EXTENDED = f'{COMMON} "https://www.example.com/from" "{AGENT}"'
S3_RIGHTS = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"

LINES: dict[str, str | list[str]] = {
    "common": COMMON,
    "common_vhost": f"www.example.com:443 {COMMON}",
    "ncsa_extended": EXTENDED,
    "common_complete": f"www.example.com {EXTENDED}",
    "icecast2": f"{EXTENDED} 120",
    "ovh": EXTENDED.replace("1.2.3.4 - theuser", "1.2.3.4 www.example.com theuser"),
    "gandi": f"www.example.com {EXTENDED}".replace('] "GET', '] (0s) "GET'),
    "s3": f"{S3_RIGHTS} www.example.com [10/Feb/2012:16:42:07 -0500] 1.2.3.4 arn:aws:iam::179580289999:user/phil 3E57427F3EXAMPLE "
    f'REST.GET.OBJECT index "GET /index?versionId=1 HTTP/1.1" 200 - 368 - 7 - "-" "{AGENT}" -',
    "elb": "2015-05-13T23:39:43.945958Z my-loadbalancer 1.2.3.4:2817 10.0.0.1:80 0.000073 0.001048 0.000057 200 200 0 57 "
    f'"GET https://www.example.com:443/path/index.html?a=b HTTP/1.1" "{AGENT}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2',
    "alb": "https 2020-01-01T00:55:04.512Z app/my-loadbalancer/50dc6c495c0c9188 1.2.3.4:2817 10.0.0.1:80 0.000 0.102 0.000 "
    f'200 200 34 24950 "GET http://www.example.com:80/path/index.html HTTP/1.1" "{AGENT}" - - arn:aws:elasticloadbalancing:x '
    '"Root=1-58337262-36d228ad5d99923122bbe354" "www.example.com" "-" 0 2020-01-01T00:55:04.400Z "forward" "-" "-"',
    "haproxy": "Sep 25 06:05:27 lb1 haproxy[1234]: 4.3.2.1:51522 [25/Sep/2018:06:05:27.584] http-in web/srv1 0/0/1/84/85 200 "
    '7456 - - ---- 3/3/0/0/0 0/0 {www.example.com} "GET /user/?a=b HTTP/1.1"',
    "nginx_json": '{"ip": "1.2.3.4", "host": "www.example.com", "path": "/page?a=b", "status": "200", "referrer": "-", '
    f'"user_agent": "{AGENT}", "length": 192, "generation_time_milli": 0.250, "date": "2013-10-10T16:52:00+02:00"}}',
    "traefik_json": '{"ClientAddr":"1.2.3.4:5","ClientHost":"1.2.3.4","ClientUsername":"-","DownstreamContentSize":15,'
    '"DownstreamStatus":200,"Duration":10001700,"RequestHost":"localhost","RequestMethod":"GET","RequestPath":"/my?id=1",'
    '"RequestScheme":"http","StartUTC":"2023-08-11T11:41:25.123456789Z","request_Referer":"www.example.com",'
    '"request_User-Agent":"Prometheus/2.40.5"}',
    "caddy_json": '{"level":"info","ts":1703373474.815561,"request":{"remote_ip":"1.2.3.4","client_ip":"1.2.3.4","proto":"HTTP/2.0",'
    '"method":"GET","host":"example.com","uri":"/beta/","headers":{"User-Agent":["Mozilla/5.0"],"Referer":["https://a.example"]},'
    '"tls":{"version":772}},"user_id":"","duration":0.0009,"size":3609,"status":200}',
    "iis": [
        "#Software: Microsoft Internet Information Services 7.5",
        "#Version: 1.0",
        (
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) cs(Referer) "
            "cs-host sc-status sc-bytes time-taken"
        ),
        (
            "2012-04-01 00:00:13 10.1.1.1 GET /foo/bar topCat1=divinity&submit=Search 80 theuser 1.2.3.4 "
            "Mozilla/5.0+(X11;+U;+Linux+i686) - example.com 200 27028 1687"
        ),
    ],
    "w3c_extended": [
        "#Fields: date time c-ip cs-method cs-uri-stem cs-uri-query sc-status time-taken",
        "2012-04-01 00:00:13 1.2.3.4 GET /foo - 200 0.25",
    ],
    "amazon_cloudfront": [
        "#Version: 1.0",
        (
            "#Fields: date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) "
            "cs(User-Agent) cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes "
            "time-taken"
        ),
        (
            "2014-05-23\t01:13:11\tFRA2\t182\t192.0.2.10\tGET\td111111abcdef8.cloudfront.net\t/view/my/file.html\t200\t"
            "https://example.com/\tMozilla/5.0%2520(Windows;%2520U)%2520Chrome/10.0\t-\t-\tRefreshHit\tMRVMF==\texample.com\t"
            "https\t-\t0.001"
        ),
    ],
    "amazon_cloudfront_rtmp": [
        (
            "#Fields: date time x-edge-location c-ip x-event sc-bytes x-cf-status x-cf-client-id cs-uri-stem cs-uri-query "
            "c-referrer x-page-url c-user-agent x-sname x-sname-query x-file-ext x-sid"
        ),
        (
            "2010-03-12\t23:51:21\tSEA4\t192.0.2.222\tplay\t3914\tOK\tbfd8a98bee0840d9b871b7f6ade9908f\t"
            "rtmp://shqshne4jdp4b6.cloudfront.net/cfx/st\tkey=value\t-\t-\tLNX%2010,0,32,18\tmyvideo\tp=2\tflv\t1"
        ),
    ],
    "shoutcast": [
        "#Software: SHOUTcast",
        "#Fields: c-ip c-dns date time cs-uri-stem c-status cs(User-Agent) sc-bytes x-duration avgbandwidth",
        "1.2.3.4 1.2.3.4 2015-12-07 10:37:05 /stream?title=UKR%20Nights 200 NSPlayer/10.0.0.3702%20WMFSDK/10.0 65580 1 6",
    ],
    "incapsula_w3c": [
        "#Fields: date time cs-vid cs-clapp c-ip cs(User-Agent) cs-uri cs-method cs-uri-query sc-status cs-bytes cs(Referrer)",
        (
            '"2017-06-28" "07:26:35" "" "Firefox" "123.123.123.123" "Mozilla/5.0 (Windows NT 6.1)" "www.example.com/page.php" '
            '"GET" "variable=test" "200" "10117" ""'
        ),
    ],
}
SAID = {
    "common": ("2012-02-10 21:42:07", "1.2.3.4", "", "/", "", "301", 368, "", ""),
    "common_vhost": ("2012-02-10 21:42:07", "1.2.3.4", "www.example.com", "/", "", "301", 368, "", ""),
    "ncsa_extended": ("2012-02-10 21:42:07", "1.2.3.4", "", "/", "", "301", 368, AGENT, "https://www.example.com/from"),
    "s3": ("2012-02-10 21:42:07", "1.2.3.4", "www.example.com", "/index", "versionId=1", "200", 368, AGENT, ""),
    "elb": ("2015-05-13 23:39:43", "1.2.3.4", "www.example.com", "/path/index.html", "a=b", "200", 57, AGENT, ""),
    "alb": ("2020-01-01 00:55:04", "1.2.3.4", "www.example.com", "/path/index.html", "", "200", 24950, AGENT, ""),
    "haproxy": ("2018-09-25 06:05:27", "4.3.2.1", "", "/user/", "a=b", "200", 7456, "", ""),
    "nginx_json": ("2013-10-10 14:52:00", "1.2.3.4", "www.example.com", "/page", "a=b", "200", 192, AGENT, ""),
    "traefik_json": (
        *("2023-08-11 11:41:25", "1.2.3.4", "localhost", "/my", "id=1", "200", 15, "Prometheus/2.40.5"),
        "www.example.com",
    ),
    "caddy_json": (
        *("2023-12-23 23:17:54", "1.2.3.4", "example.com", "/beta/", "", "200", 3609, "Mozilla/5.0"),
        "https://a.example",
    ),
    "iis": (
        *("2012-04-01 00:00:13", "1.2.3.4", "example.com", "/foo/bar", "topCat1=divinity&submit=Search", "200", 27028),
        *("Mozilla/5.0 (X11; U; Linux i686)", ""),
    ),
    "w3c_extended": ("2012-04-01 00:00:13", "1.2.3.4", "", "/foo", "", "200", None, "", ""),
    "amazon_cloudfront": (
        *("2014-05-23 01:13:11", "192.0.2.10", "example.com", "/view/my/file.html", "", "200", 182),
        *("Mozilla/5.0 (Windows; U) Chrome/10.0", "https://example.com/"),
    ),
    "amazon_cloudfront_rtmp": (
        *("2010-03-12 23:51:21", "192.0.2.222", "shqshne4jdp4b6.cloudfront.net", "/cfx/st", "key=value", "OK", 3914),
        *("LNX 10,0,32,18", ""),
    ),
    "shoutcast": (
        *("2015-12-07 10:37:05", "1.2.3.4", "", "/stream", "title=UKR%20Nights", "200", 65580),
        *("NSPlayer/10.0.0.3702 WMFSDK/10.0", ""),
    ),
    "incapsula_w3c": (
        *("2017-06-28 07:26:35", "123.123.123.123", "", "www.example.com/page.php", "variable=test", "200", 10117),
        *("Mozilla/5.0 (Windows NT 6.1)", ""),
    ),
}
SAID["icecast2"] = SAID["ncsa_extended"]
SAID["common_complete"] = SAID["ovh"] = SAID["gandi"] = (
    SAID["ncsa_extended"][0],
    "1.2.3.4",
    "www.example.com",
    *SAID["ncsa_extended"][3:],
)
DURATIONS = {
    "elb": 1,
    "alb": 102,
    "haproxy": 84,
    "nginx_json": 250,
    "traefik_json": 10,
    "caddy_json": 1,
    "iis": 1687,
    "w3c_extended": 250,
    "amazon_cloudfront": 1,
    "shoutcast": 1000,
}


def of(name: str) -> list[str]:
    lines = LINES[name]
    return [lines] if isinstance(lines, str) else lines


def read(name: str, columns: ColumnFormat, found):
    *headers, line = of(name)
    for header in headers:
        columns.header(header)
    return line_of(found.groups(line))


@pytest.mark.parametrize("name", LINES)
def test_line_of_each_format(name):
    columns = ColumnFormat()
    line = read(name, columns, format_named(name, columns))
    said = (
        *(
            line.moment.strftime("%Y-%m-%d %H:%M:%S"),
            line.ip,
            line.host,
            line.path,
            line.query,
            line.status,
            line.length,
        ),
        *(line.user_agent, line.referrer),
    )
    assert said == SAID[name]
    assert line.milliseconds == DURATIONS.get(name)


@pytest.mark.parametrize("name", LINES)
def test_guessed_of_each_format(name):
    columns = ColumnFormat()
    found = guessed(of(name) * 3, columns)
    assert found is not None
    assert found.name == name


def test_guessed_when_it_is_no_log():
    assert guessed(["Dear Sir,", "hello"], ColumnFormat()) is None


def test_format_names_when_complete():
    assert set(LINES) | {"netscaler"} == set(format_names())


def test_users_and_events():
    columns = ColumnFormat()
    assert read("common", columns, format_named("common", columns)).user_id == "theuser"
    assert read("amazon_cloudfront_rtmp", columns, columns).event == ("cloudfront_rtmp", "play", "myvideo")


def test_a_log_that_changes_its_columns():
    columns = ColumnFormat()
    columns.header("#Fields: date time c-ip cs-uri-stem")
    assert line_of(columns.groups("2012-04-01 00:00:13 1.2.3.4 /a")).path == "/a"
    columns.header("#Fields: date time cs-uri-stem c-ip")
    assert line_of(columns.groups("2012-04-01 00:00:13 /b 1.2.3.4")).path == "/b"
    assert columns.groups("too short") is None


def test_columns_when_given_or_renamed():
    columns = ColumnFormat("date time my-client cs-uri-stem", {"c-ip": "my-client"}, in_milliseconds=True)
    assert columns.is_ready
    assert line_of(columns.groups("2012-04-01 00:00:13 1.2.3.4 /a")).ip == "1.2.3.4"


@pytest.mark.parametrize(
    ("date", "time", "zone", "form", "said"),
    [
        ("10/Feb/2012:16:42:07", "", "+0530", "", "2012-02-10T11:12:07+00:00"),
        ("10/Feb/2012:16:42:07 -0500", "", "", "", "2012-02-10T21:42:07+00:00"),
        ("2012-02-10", "16:42:07", "", "", "2012-02-10T16:42:07+00:00"),
        ("1328892127.5", "", "", "", "2012-02-10T16:42:07.500000+00:00"),
        ("10.02.2012 16-42", "", "", "%d.%m.%Y %H-%M", "2012-02-10T16:42:00+00:00"),
    ],
)
def test_moment_of(date, time, zone, form, said):
    assert moment_of(date, time, zone, form).isoformat() == said


@pytest.mark.parametrize("date", ["", "99/Feb/2012:16:42:07", "10/Foo/2012:16:42:07", "yesterday", "9" * 30])
def test_line_of_when_the_date_is_none(date):
    with pytest.raises(MalformedLineError):
        line_of({"date": date, "path": "/"})


def test_own_format_when_it_lacks_something():
    with pytest.raises(ValueError, match="date and path"):
        own_format(r"(?P<ip>\S+)")
    with pytest.raises(ValueError, match="cannot be read"):
        own_format("(")
    assert own_format(r"(?P<date>\S+) (?P<path>\S+)").groups("1328892127 /a") == {"date": "1328892127", "path": "/a"}
