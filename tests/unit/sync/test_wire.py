"""The messages as bytes, and what is no message."""

import pytest

from sync import wire

CHANGE = wire.Change("lead", "a", "put", {"region": "南山"}, {"region": ""})
UNIT = wire.Unit("u", "save", 5, [CHANGE], 2)
REQUEST = wire.Request(7, [UNIT], "cursor", pull=False, pending=3)
RESPONSE = wire.Response(9, [wire.UnitResult("u", "refused", "not_yours", {"row": "a"})], more=True)


@pytest.mark.parametrize("content_type", [wire.MSGPACK, wire.JSON])
def test_a_message_is_read_back_as_it_was_sent(content_type):
    assert wire.decode_request(wire.encode(REQUEST, content_type), content_type) == REQUEST
    assert wire.decode_response(wire.encode(RESPONSE, content_type), content_type) == RESPONSE


def test_the_pages_of_an_answer_are_read_when_they_are_first_looked_at():
    pages = [
        wire.Rows("lead", ["id", "region"], [["a", "南山"], ["b", "福田"]]),
        wire.Rows("order", ["id"], []),
    ]
    arrived = wire.decode_response(wire.encode(wire.Response(9, rows=pages, cursor="here")))
    assert (arrived.cursor, len(arrived.rows), arrived.rows[0], list(arrived.rows)) == (
        "here",
        2,
        pages[0],
        pages,
    )
    assert arrived.rows[1:] == pages[1:]
    assert arrived == wire.decode_response(wire.encode(wire.Response(9, rows=pages, cursor="here")))


def test_pages_that_are_none_are_told_when_they_are_looked_at():
    arrived = wire.decode_response(b"\x82\xadserver_now_ms\x01\xa4rows\x91\x05")
    with pytest.raises(wire.WireError):
        len(arrived.rows)


ONE, TWO = wire.Rows("lead", ["id"], [["a"]]), wire.Rows("order", ["id"], [["b"], ["c"]])


def arrived_with(*pages: wire.Rows) -> wire.Response:
    return wire.decode_response(wire.encode(wire.Response(9, rows=list(pages))))


def test_answers_are_the_same_when_their_pages_are():
    assert arrived_with(ONE, TWO).rows == arrived_with(ONE, TWO).rows == [ONE, TWO]
    for others in ([], [ONE], [TWO, ONE]):
        assert arrived_with(ONE, TWO).rows != arrived_with(*others).rows
        assert arrived_with(ONE, TWO).rows != others
    with pytest.raises(TypeError):
        hash(arrived_with(ONE).rows)


def test_pages_are_looked_at_from_either_end_and_as_often_as_one_likes():
    rows = arrived_with(ONE, TWO).rows
    for _ in range(2):
        assert (rows[0], rows[-1], rows[:1], len(rows), list(rows)) == (ONE, TWO, [ONE], 2, [ONE, TWO])
    with pytest.raises(IndexError):
        rows[2]


def test_an_answer_without_pages_has_none():
    assert (list(arrived_with().rows), len(arrived_with().rows)) == ([], 0)
    assert len(wire.decode_response(b"\x81\xadserver_now_ms\x01").rows) == 0


def test_all_that_an_answer_says_beside_its_pages_is_known_before_they_are_read():
    told = wire.Response(
        9, [wire.UnitResult("u", "held")], [ONE], [], [wire.Gone("lead", ["x"])], "c", more=True, remaining=3,
        scopes=["s"], skew_flagged=True, protocol=2, schema=4, order="wipe",
    )  # fmt: skip
    assert wire.decode_response(wire.encode(told)) == told


def test_pages_that_are_none_are_told_however_often_they_are_looked_at():
    rows = wire.decode_response(b"\x82\xadserver_now_ms\x01\xa4rows\x91\x05").rows
    for look in (len, list, lambda pages: pages[0], len):
        with pytest.raises(wire.WireError):
            look(rows)


def test_a_message_is_messagepack_unless_json_is_asked_for():
    assert wire.encode(UNIT, wire.JSON).startswith(b'{"id":"u"')
    assert wire.encode(UNIT) == wire.encode(UNIT, wire.MSGPACK) != wire.encode(UNIT, wire.JSON)
    assert wire.decode_unit(wire.encode(UNIT)) == UNIT


def test_this_app_says_that_it_takes_columns_that_the_hub_filled_in():
    said = wire.decode_request(wire.encode(wire.Request(1, protocol=wire.PROTOCOL))).protocol
    assert said == wire.TAKES_FILLED == 2


def test_what_an_older_peer_leaves_out_has_its_first_meaning():
    request = wire.decode_request(b'{"device_now_ms": 1}', wire.JSON)
    assert (request.units, request.cursor, request.scopes, request.pull) == ([], "", None, True)
    assert (request.pending, request.limit, request.protocol, request.schema) == (0, 5_000, 1, 1)
    assert (request.app_version, request.storage_bytes, request.refused, request.obeyed) == ("", 0, 0, "")
    response = wire.decode_response(b'{"server_now_ms": 1}', wire.JSON)
    assert (response.more, response.remaining, response.skew_flagged, response.order) == (False, 0, False, "")
    assert (response.protocol, response.schema, response.results, response.rows) == (1, 1, [], [])


@pytest.mark.parametrize("content_type", [wire.MSGPACK, wire.JSON])
@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[1]", b'{"server_now_ms": "x"}', b'"' + b"[" * 9])
def test_bytes_that_are_no_message_are_told_as_such(content_type, body):
    for decode in (wire.decode_request, wire.decode_response):
        with pytest.raises(wire.WireError):
            decode(body, content_type)
    with pytest.raises(wire.WireError):
        wire.decode_unit(body)


@pytest.mark.parametrize(
    ("content_type", "deep"),
    [(wire.JSON, b'{"x":' + b"[" * 100_000), (wire.MSGPACK, b"\x81\xa1x" + b"\x91" * 100_000)],
)
def test_a_message_that_is_nested_without_end_is_no_message(content_type, deep):
    for decode in (wire.decode_request, wire.decode_response):
        with pytest.raises(wire.WireError, match="deep"):
            decode(deep, content_type)


@pytest.mark.parametrize(
    ("key", "most", "least"),
    [
        ("device_now_ms", 2**52, -(2**52)),
        ("pending", 2**31 - 1, -(2**31)),
        ("storage_bytes", 2**52, 0),
    ],
)
def test_a_number_that_no_database_holds_is_refused(key, most, least):
    def decode(value: int) -> wire.Request:
        values = {"device_now_ms": 1, key: value}
        return wire.decode_request(str(values).replace("'", '"').encode(), wire.JSON)

    assert [getattr(decode(value), key) for value in (most, least)] == [most, least]
    for value in (most + 1, least - 1):
        with pytest.raises(wire.WireError):
            decode(value)


@pytest.mark.parametrize(
    ("name", "is_good"), [("a", True), ("a" * 40, True), ("", False), ("a" * 41, False), ("a\0", False)]
)
def test_an_identifier_has_one_to_forty_characters_and_no_nul(name, is_good):
    body = wire.encode(wire.Unit(name, "save", 1, []))
    if is_good:
        assert wire.decode_unit(body).id == name
    else:
        with pytest.raises(wire.WireError):
            wire.decode_unit(body)


def test_what_an_action_is_called_has_at_most_two_hundred_characters():
    assert wire.decode_unit(wire.encode(wire.Unit("u", "a" * 200, 1, []))).action == "a" * 200
    with pytest.raises(wire.WireError):
        wire.decode_unit(wire.encode(wire.Unit("u", "a" * 201, 1, [])))


def test_the_name_of_an_app_has_at_most_forty_characters():
    wire.decode_request(wire.encode(wire.Request(1, app_version="a" * 40)))
    with pytest.raises(wire.WireError):
        wire.decode_request(wire.encode(wire.Request(1, app_version="a" * 41)))


@pytest.mark.parametrize("content_type", [wire.MSGPACK, wire.JSON])
def test_units_whose_bytes_are_ready_are_sent_as_any_others(content_type):
    units = [
        wire.Unit(f"u{n}", "act", n, [wire.Change("lead", f"l{n}", "put", {"name": "陈玉兰"})])
        for n in range(3)
    ]
    ready = wire.Packed(units)
    assert (list(ready), ready[-1], list(ready[:2])) == (units, units[-1], units[:2])
    sent = wire.encode(wire.Request(1, ready), content_type)
    assert sent == wire.encode(wire.Request(1, units), content_type)
    assert wire.decode_request(sent, content_type).units == units


@pytest.mark.parametrize("content_type", [wire.MSGPACK, wire.JSON])
def test_what_no_message_can_hold_is_told(content_type):
    with pytest.raises(TypeError):
        wire.encode(wire.Request(1, cursor=object()), content_type)
