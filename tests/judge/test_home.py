import itertools

import pytest

from portvagt.judge import case as life
from portvagt.judge import detector
from portvagt.judge.case import REMIND_AFTER_S, Case, Terms
from portvagt.judge.device import ROUTER
from portvagt.judge.home import ADDRESS_QUIET_S, DEVICES_MAX, EXEMPT_MAX, Home, TooManyExempt

LAPTOP, PHONE = b"\x02laptp", b"\x02phone"
QUIET_S, RELEASE_QUIET_S, PROBATION_S = 36_000, 3600, 1_000_000
BANK = detector.bank(10, 1800)
DAY_S = 86400


def home(stops=True, garden_after_s=None, never_garden=()):
    numbers = itertools.count()
    terms = Terms(stops, QUIET_S, RELEASE_QUIET_S, PROBATION_S, garden_after_s, never_garden)
    return Home(BANK, terms, lambda: f"incident-{next(numbers)}")


def flow(number, port=25):
    """A connection to a network of its own."""
    return number.to_bytes(3, "big") + b"\x19", port, (40000 + number) % 65536


def burst(judge, key, count, start=0.0, port=25, first=0):
    """Connections to `count` new networks, 50 a second; the decisions."""
    found = []
    for each in range(first, first + count):
        found.extend(judge.connection(start + each / 50, key, flow(each, port)))
    return found


def actions(decisions):
    return [each.action for each in decisions]


def quiet_tick(judge, now):
    """The kernel's counters tell of no attempt; what time decides."""
    judge.attempts(now, {})
    return judge.tick(now)


def test_a_burst_stops_the_device_once_and_says_why():
    judge = home()
    [decision] = burst(judge, LAPTOP, 10)
    assert (decision.action, decision.device) == ("stopped", LAPTOP)
    assert decision.case.evidence == {
        "connections": 4,
        "networks": 4,
        "seconds": 0.06,
        "unanswered": 4,
        "ports": [25],
        "usual_per_day": 4,
    }


def test_answers_are_taken_off_the_unanswered():
    judge = home()
    burst(judge, LAPTOP, 3)
    judge.answered(LAPTOP, flow(0))
    [decision] = burst(judge, LAPTOP, 1, start=0.1, first=3)
    assert decision.case.evidence["unanswered"] == 3


def test_devices_are_judged_apart():
    judge = home()
    assert burst(judge, LAPTOP, 3) + burst(judge, PHONE, 3, first=100) == []


def test_half_way_to_a_verdict_is_suspected_and_calms_without_a_discount():
    judge = home()
    burst(judge, LAPTOP, 2)
    assert judge.devices[LAPTOP].state == life.SUSPECTED
    before = judge.devices[LAPTOP].score(30, BANK)
    assert judge.tick(30) == []
    assert judge.devices[LAPTOP].state == life.CLEAR
    assert judge.devices[LAPTOP].score(30, BANK) == before > 0


def test_observe_reports_once_and_ends_by_quiet():
    judge = home(stops=False)
    [decision] = burst(judge, LAPTOP, 50)
    assert decision.action == "observed"
    assert judge.tick(QUIET_S - 1) == []
    judge.tick(QUIET_S + 60)
    assert judge.devices[LAPTOP].state == life.CLEAR
    assert actions(judge.order(QUIET_S + 60, LAPTOP)) == ["observed"]


def test_the_router_itself_is_observed_and_never_stopped():
    judge = home()
    assert actions(burst(judge, ROUTER, 8)) == ["observed"]
    assert judge.order(1, ROUTER) == [] == judge.refused()


def test_a_release_by_hand_needs_a_quiet_hour():
    judge = home()
    burst(judge, LAPTOP, 4)
    judge.attempts(1000, {LAPTOP: 100})
    assert judge.release_wait_s(1000, LAPTOP) == RELEASE_QUIET_S - 100
    assert judge.release(1000, LAPTOP) == []
    judge.attempts(900 + RELEASE_QUIET_S, {LAPTOP: RELEASE_QUIET_S})
    assert actions(judge.release(900 + RELEASE_QUIET_S, LAPTOP)) == ["released"]
    assert judge.release(900 + RELEASE_QUIET_S, LAPTOP) == []


def test_nobody_is_released_while_the_kernel_does_not_tell_of_attempts():
    judge = home()
    burst(judge, LAPTOP, 4)
    now = 10 * QUIET_S
    assert judge.tick(now) == [] and judge.release(now, LAPTOP) == []
    assert actions(quiet_tick(judge, now)) == ["released"]


def test_a_second_burst_after_the_release_is_held_longer():
    judge, now = home(), 0.0
    for hold in (QUIET_S, 3 * QUIET_S, 7 * QUIET_S, 7 * QUIET_S):
        [decision] = burst(judge, LAPTOP, 4, start=now, first=int(now))
        assert (decision.action, decision.case.evidence["connections"]) == ("stopped", 4)
        opened = decision.case.opened
        assert quiet_tick(judge, opened + hold - 1) == []
        assert actions(quiet_tick(judge, opened + hold)) == ["released"]
        now = opened + hold


def test_after_the_probation_a_verdict_is_a_first_one_again():
    judge = home()
    burst(judge, LAPTOP, 4)
    quiet_tick(judge, 2 * QUIET_S)
    assert quiet_tick(judge, 2 * QUIET_S + PROBATION_S) == []
    assert judge.devices[LAPTOP].state == life.CLEAR
    [decision] = burst(judge, LAPTOP, 4, start=3 * QUIET_S + PROBATION_S, first=9000)
    assert decision.case.stops == 1


def test_the_garden_is_lifted_by_a_request_and_nothing_else_is():
    judge = home()
    burst(judge, LAPTOP, 4)
    assert actions(judge.confine(1, LAPTOP)) == ["confined"] and judge.confine(1, LAPTOP) == []
    assert actions(judge.request(2, LAPTOP)) == ["let_out"] and judge.request(2, LAPTOP) == []
    assert judge.devices[LAPTOP].state == life.STOPPED
    assert judge.confine(3, PHONE) == [] == judge.request(3, PHONE)


def test_a_family_can_lift_the_garden_three_times_a_case():
    judge = home()
    burst(judge, LAPTOP, 4)
    for time in range(3):
        judge.confine(time, LAPTOP)
        assert actions(judge.request(time, LAPTOP)) == ["let_out"]
    judge.confine(4, LAPTOP)
    assert judge.request(4, LAPTOP) == [] and judge.devices[LAPTOP].state == life.GARDEN


@pytest.mark.parametrize("state", life.REFUSED)
@pytest.mark.parametrize("ask, action", [("claim", "mail_server_claimed"), ("disown", "disowned")])
def test_what_a_family_says_is_told_once_and_opens_nothing(state, ask, action):
    judge = home()
    assert getattr(judge, ask)(0, LAPTOP) == []
    burst(judge, LAPTOP, 4)
    if state == life.GARDEN:
        judge.confine(1, LAPTOP)
    assert actions(getattr(judge, ask)(2, LAPTOP)) == [action] and getattr(judge, ask)(3, LAPTOP) == []
    assert judge.devices[LAPTOP].state == state


def test_the_isp_can_make_the_reference_of_the_incident():
    assert life.Case(life.STOPPED, "ffffffff" + 24 * "0", 0.0, None).reference() == "94967295"
    assert life.Case(life.STOPPED, "0000002a" + 24 * "f", 0.0, None).reference() == "00000042"


def test_who_goes_on_trying_gets_into_the_garden_and_after_a_request_again():
    judge = home(garden_after_s=7200)
    burst(judge, LAPTOP, 4)
    judge.attempts(7100, {LAPTOP: 0})
    assert judge.tick(7100) == []
    judge.attempts(7300, {LAPTOP: 0})
    assert actions(judge.tick(7300)) == ["confined"] and judge.tick(7301) == []
    judge.request(7400, LAPTOP)
    judge.attempts(7400 + 7100, {LAPTOP: 0})
    assert judge.tick(7400 + 7100) == []
    judge.attempts(7400 + 7300, {LAPTOP: 0})
    assert actions(judge.tick(7400 + 7300)) == ["confined"]


def test_a_telephone_adapter_never_gets_into_the_garden():
    judge = home(garden_after_s=60, never_garden=(LAPTOP,))
    burst(judge, LAPTOP, 4)
    judge.attempts(7300, {LAPTOP: 0})
    assert judge.tick(7300) == judge.confine(7300, LAPTOP) == []


def test_the_isp_has_a_device_stopped_that_it_has_a_report_of():
    judge = home()
    [decision] = judge.order(0, PHONE)
    assert (decision.action, decision.case.evidence, decision.case.stops) == ("stopped", None, 1)
    assert judge.order(1, PHONE) == []


def test_familiar_servers_of_the_device_stay_open_after_a_verdict():
    judge = home()
    for day in range(2):
        judge.connection(day * DAY_S, LAPTOP, flow(7777, 587))
        judge.connection(day * DAY_S, LAPTOP, flow(8888, 25))
        judge.connection(day * DAY_S, PHONE, flow(9999, 465))
    [decision] = burst(judge, LAPTOP, 4, start=2 * DAY_S)
    assert decision.case.familiar == [flow(7777)[0][:3]]


def test_a_stopped_device_learns_no_familiar_servers():
    judge = home()
    burst(judge, LAPTOP, 4)
    for day in range(3):
        judge.connection(1 + day * DAY_S, LAPTOP, flow(7777, 587))
    assert judge.familiar.networks(LAPTOP) == []


def test_an_exempt_device_is_not_stopped_until_the_exemption_ends():
    judge = home()
    judge.exempt(0, LAPTOP, 600)
    assert judge.exempt(0, LAPTOP, 600) == []
    assert burst(judge, LAPTOP, 20) == []
    assert actions(judge.tick(601)) == ["exemption_ended"]
    assert len(burst(judge, LAPTOP, 20, start=700, first=200)) == 1


def test_exemptions_are_bounded():
    judge = home()
    for each in range(EXEMPT_MAX):
        judge.exempt(0, each.to_bytes(6, "big"), 600)
    with pytest.raises(TooManyExempt):
        judge.exempt(0, LAPTOP, 600)
    assert judge.exempt(0, bytes(6), 700)[0].case.until == 700


@pytest.mark.parametrize("incident, token", [("incident-0", "wrong"), ("wrong", "incident-1"), ("incident-0", "")])
def test_a_notice_is_acknowledged_by_its_own_token_only(incident, token):
    judge = home()
    burst(judge, LAPTOP, 4)
    assert judge.acknowledge(1, LAPTOP, incident, token) is None
    assert judge.acknowledge(1, PHONE, "incident-0", "incident-1") is None
    assert judge.acknowledge(1, LAPTOP, "incident-0", "incident-1").acknowledged


def test_a_token_is_good_for_a_day_after_it_was_last_shown():
    judge = home()
    [decision] = burst(judge, LAPTOP, 4)
    case, day = decision.case, life.TOKEN_S
    first = judge.token(day - 1, case)
    assert judge.acknowledge(2 * day - 2, LAPTOP, case.incident, first)
    assert judge.acknowledge(2 * day + 1, LAPTOP, case.incident, first) is None
    second = judge.token(2 * day + 2, case)
    assert second != first and judge.acknowledge(2 * day + 3, LAPTOP, case.incident, second)
    assert judge.acknowledge(2 * day + 3, LAPTOP, case.incident, first) is None


# an attacker who forges MAC addresses


def forged(number):
    return b"\x06" + number.to_bytes(5, "big")


def test_forging_does_not_push_out_a_stopped_device():
    judge = home()
    burst(judge, LAPTOP, 4)
    for each in range(2 * DEVICES_MAX):
        judge.connection(1, forged(each), flow(1))
    assert len(judge.devices) == DEVICES_MAX
    assert judge.devices[LAPTOP].state == life.STOPPED


@pytest.mark.parametrize("between", [0, 1, 300, 2000])
def test_forging_between_its_connections_buys_a_zombie_nothing(between):
    """Each forged device makes one connection, as the zombie would: that is all that the flood costs the attacker."""
    judge, numbers = home(), itertools.count(50_000)
    for count in range(1, 10):
        for _ in range(between):
            number = next(numbers)
            judge.connection(count, forged(number), flow(number))
        if judge.connection(count, LAPTOP, flow(count)):
            break
    assert count <= 5


def test_forging_a_new_address_for_each_mail_ends_in_a_verdict_at_each_first_mail():
    judge, passed = home(), 0
    for number in range(20 * DEVICES_MAX):
        decisions = judge.connection(number / 50, forged(number), flow(number))
        passed += "stopped" not in actions(decisions)
    assert passed <= 4 * DEVICES_MAX
    assert len(judge.devices) == DEVICES_MAX


def test_when_all_are_stopped_the_newest_zombie_is_stopped_and_the_quietest_forgotten():
    judge = home()
    for each in range(DEVICES_MAX):
        judge.restore(0, forged(each), Case(life.STOPPED, "incident", 0, None))
    judge.attempts(1000, {forged(each): 10 if each != 5 else 500 for each in range(DEVICES_MAX)})
    decisions = burst(judge, LAPTOP, 4, start=1000)
    assert [(each.action, each.device) for each in decisions] == [("forgotten", forged(5)), ("stopped", LAPTOP)]


def test_an_exemption_is_never_forgotten():
    judge = home()
    judge.exempt(0, LAPTOP, DAY_S)
    for each in range(2 * DEVICES_MAX):
        judge.restore(1, forged(each), Case(life.STOPPED, "incident", 1, None))
    assert judge.devices[LAPTOP].state == life.EXEMPT


def test_a_new_device_in_a_crowded_honest_home_begins_at_zero():
    judge = home()
    for each in range(DEVICES_MAX):
        judge.connection(0, forged(each), flow(1, 587))
    judge.connection(DAY_S, LAPTOP, flow(1, 587))
    assert judge.devices[LAPTOP].score(DAY_S, BANK) == pytest.approx(BANK.gains[0])


def test_an_address_that_stands_for_a_device_is_held_for_an_hour_however_often_it_was_stopped():
    judge, address = home(), bytes([192, 168, 1, 77])
    burst(judge, address, 4)
    assert quiet_tick(judge, ADDRESS_QUIET_S) == []
    assert actions(quiet_tick(judge, ADDRESS_QUIET_S + 1)) == ["released"]
    [decision] = burst(judge, address, 4, start=ADDRESS_QUIET_S + 2, first=500)
    assert decision.case.stops == 2 and judge.hold_s(address, decision.case) == ADDRESS_QUIET_S


def test_a_home_is_crowded_for_whom_it_does_not_know():
    judge = home()
    for number in range(DEVICES_MAX):
        assert not judge.is_crowded(forged(number))
        judge.connection(0, forged(number), flow(number))
    assert judge.is_crowded(LAPTOP) and not judge.is_crowded(forged(0))


def test_who_read_the_page_is_reminded_once_a_day_while_the_attempts_go_on():
    judge = home()
    burst(judge, LAPTOP, 4)
    for day in range(3):
        read = day * REMIND_AFTER_S + day
        assert judge.acknowledge(read, LAPTOP, "incident-0", judge.token(read, judge.devices[LAPTOP].case))
        judge.attempts(read + 10, {LAPTOP: 5})
        assert judge.tick(read + REMIND_AFTER_S - 1) == []
        judge.attempts(read + REMIND_AFTER_S, {LAPTOP: 60})
        assert actions(judge.tick(read + REMIND_AFTER_S)) == ["reminded"]
        assert not judge.devices[LAPTOP].case.acknowledged
        assert judge.tick(read + REMIND_AFTER_S) == []


def test_who_read_the_page_and_tries_nothing_more_is_left_in_peace():
    judge = home()
    burst(judge, LAPTOP, 4)
    judge.attempts(5, {LAPTOP: 1})
    judge.acknowledge(6, LAPTOP, "incident-0", "incident-1")
    assert actions(quiet_tick(judge, 6 + QUIET_S)) == ["released"]
