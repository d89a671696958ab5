"""Versions of ZINC by their day, against the figures that its authors publish."""

from __future__ import annotations

import json
from dataclasses import replace

import memplan
import numpy as np
import pytest
from memplan import Backend, ModelConfig, Request
from memplan.engines.zinc.config import layer_counts
from memplan.engines.zinc.options import BACKENDS, Accounting, KvType, ZincOptions, ZincVersion
from memplan.engines.zinc.traits import counterpart
from memplan.estimate import GrowthKind, LimitedBy, Outcome, UnsupportedRequestError
from memplan.logs.log import FitReport, LogOutcome
from memplan.logs.planned import compare as against_plan
from memplan.logs.planned import request_from_log
from memplan.logs.reading import parse_log
from memplan.logs.wording import log_text
from memplan.memory.component import ComponentKind, Part, Place
from memplan.model import NoticeKind
from memplan.planning.advice import advise
from memplan.planning.comparison import DifferenceReason, compare
from memplan.planning.planner import Plan, Status
from memplan.planning.solve import BUDGET, solve
from memplan.request_json import request_from_json, request_to_json
from memplan.units import MIB
from memplan.wording.notices import notice_text
from memplan.wording.verdicts import log_lines
from zinc_shapes import NEXTN_BYTES, WEIGHTS_BYTES, qwen_3_8_27b

BUDGET_BYTES = 32_624 * MIB
MODEL = qwen_3_8_27b()

EARLY = ZincOptions(version=ZincVersion.SEPTEMBER_8_2026)
LATE = ZincOptions(version=ZincVersion.SEPTEMBER_12_2026)


def planned(
    options: ZincOptions, context_tokens: int | None = None, backend: Backend = Backend.VULKAN
) -> Plan:
    return memplan.plan(
        MODEL,
        Request(
            budget_bytes=BUDGET_BYTES, context_tokens=context_tokens, backend=backend, zinc=options
        ),
    )


def bytes_of(plan: Plan, kind: ComponentKind, part: Part = Part.MODEL) -> int:
    return sum(each.bytes for each in plan.at.shares if (each.kind, each.part) == (kind, part))


@pytest.mark.parametrize("options", [EARLY, LATE], ids=lambda options: options.version)
def test_that_the_automatic_context_is_the_published_one(options: ZincOptions) -> None:
    plan = planned(options)
    assert plan.markers.auto_tokens == plan.verdict.granted_tokens == 168_960
    assert plan.verdict.outcome is Outcome.SIZED


@pytest.mark.parametrize(
    ("options", "largest"),
    [
        (EARLY, 226_934),
        (LATE, 225_729),
        (replace(EARLY, mtp=False), 262_144),
        (replace(LATE, mtp=False), 261_022),
        (replace(LATE, mtp=False, prefill_scratch_mib=0), 262_144),
    ],
)
def test_that_the_largest_context_is_the_published_one(options: ZincOptions, largest: int) -> None:
    assert planned(options).markers.max_tokens == largest


def test_that_a_context_beyond_the_card_is_trimmed_to_the_published_one() -> None:
    plan = planned(LATE, 242_000)
    assert plan.verdict.outcome is Outcome.TRIMMED
    assert plan.verdict.granted_tokens == 225_729
    assert plan.verdict.limited_by is LimitedBy.BUDGET
    assert not plan.verdict.fits


def test_that_one_token_costs_what_is_published() -> None:
    def price(options: ZincOptions) -> int:
        profile = planned(options).profile
        assert isinstance(profile, memplan.RuntimeMemoryProfile)
        return profile.device_local_bytes_per_token

    assert price(LATE) == 68 * 1024
    assert price(replace(LATE, kv_type=KvType.F32)) == 136 * 1024
    assert price(replace(LATE, kv_type=KvType.Q8)) == 39_168
    assert price(ZincOptions()) == 520 * 1024


def test_that_an_eight_bit_cache_holds_the_whole_context_beside_all_scratch() -> None:
    plan = planned(replace(LATE, kv_type=KvType.Q8), 262_144)
    assert plan.verdict.outcome is Outcome.SIZED
    assert bytes_of(plan, ComponentKind.KV_CACHE) == 9_792 * MIB
    assert plan.at.band_bytes < bytes_of(plan, ComponentKind.COMPUTE, Part.MTP)


def test_that_next_token_blocks_that_are_off_are_not_uploaded() -> None:
    on, off = planned(LATE), planned(replace(LATE, mtp=False))
    assert bytes_of(on, ComponentKind.WEIGHTS) == WEIGHTS_BYTES
    assert bytes_of(off, ComponentKind.WEIGHTS) == WEIGHTS_BYTES - NEXTN_BYTES
    assert bytes_of(off, ComponentKind.COMPUTE, Part.MTP) == 0


def test_that_the_reserve_of_next_token_blocks_is_an_estimate_with_a_band() -> None:
    (share,) = [share for share in planned(EARLY).at.shares if share.part is Part.MTP]
    assert not share.exact
    assert share.bytes / MIB == pytest.approx(1047.9, abs=0.05)
    assert 0 < share.band_bytes < share.bytes // 4


def test_that_june_counts_next_token_blocks_as_layers_and_reserves_nothing() -> None:
    plan = planned(ZincOptions(mtp=False, kv_type=KvType.Q8, prefill_scratch_mib=64))
    assert all(share.exact for share in plan.at.shares)
    assert plan.profile == memplan.profile(MODEL.config)
    assert plan.options["kv_type"] == "f32"
    assert plan.options["prefill_scratch_mib"] == 0


def test_that_scratch_is_given_back_before_the_context_is_trimmed() -> None:
    whole, some = planned(LATE, 200_000), planned(LATE, 220_000)
    fixed = bytes_of(planned(EARLY), ComponentKind.COMPUTE)
    assert bytes_of(whole, ComponentKind.COMPUTE) == fixed + 1024 * MIB
    assert whole.at.band_bytes == planned(EARLY).at.band_bytes
    assert fixed + 80 * MIB < bytes_of(some, ComponentKind.COMPUTE) < fixed + 1024 * MIB
    assert some.at.headroom_bytes == 0
    assert some.at.band_bytes > whole.at.band_bytes
    assert (some.verdict.outcome, some.verdict.status) == (Outcome.SIZED, Status.TIGHT)


def test_that_the_curve_goes_through_the_plan_where_scratch_is_given_back() -> None:
    plan = planned(LATE, 220_000)
    curve = plan.curve()
    at = list(curve.contexts).index(220_000)
    assert [int(amount) for amount in curve.bytes[:, at]] == [
        component.bytes_at(220_000) for component in plan.components
    ]
    full = [int(context) for component in plan.components for context in component.breaks]
    assert set(full) <= set(curve.contexts.tolist())
    on_device = [component.where is Place.DEVICE for component in plan.components]
    totals = curve.bytes[on_device].sum(axis=0)
    between = (curve.contexts > full[0]) & (curve.contexts <= full[1])
    assert np.all(totals[between] <= BUDGET_BYTES)


def test_that_the_least_budget_keeps_the_least_scratch() -> None:
    plan = planned(LATE, 100_000)
    (answer,) = [found for found in solve(plan) if found.question is BUDGET]
    assert answer.request is not None
    least = memplan.plan(MODEL, answer.request)
    assert least.verdict.granted_tokens == 100_000
    one_less = replace(
        answer.request,
        machine=answer.request.machine.with_pool(
            replace(answer.request.machine.devices[0], budget_bytes=answer.request.budget_bytes - 1)
        ),
    )
    assert memplan.plan(MODEL, one_less).verdict.granted_tokens == 99_999


@pytest.mark.parametrize(
    ("blocks", "nextn", "counts"),
    [(65, 1, (64, 1)), (64, 0, (64, 0)), (1, 1, (1, 0)), (4, 9, (4, 0)), (8, 3, (5, 3))],
)
def test_that_next_token_blocks_are_no_layers_unless_they_leave_none(
    blocks: int, nextn: int, counts: tuple[int, int]
) -> None:
    model = qwen_3_8_27b(block_count=blocks, nextn_predict_layers=nextn)
    assert layer_counts(model) == counts


@pytest.mark.parametrize(
    ("interval", "blocks", "nextn", "layers"),
    [(1, 65, 1, 65), (0, 65, 1, 65), (1, 64, 0, 64), (4, 64, 0, 16), (4, 65, 1, 17), (4, 9, 9, 2)],
)
def test_that_the_cache_counts_trunk_layers_that_attend_and_next_token_blocks(
    interval: int, blocks: int, nextn: int, layers: int
) -> None:
    model = qwen_3_8_27b(
        full_attention_interval=interval, block_count=blocks, nextn_predict_layers=nextn
    )
    profile = memplan.plan(model, Request(zinc=EARLY)).profile
    assert isinstance(profile, memplan.RuntimeMemoryProfile)
    assert profile.device_local_bytes_per_token == layers * 4 * 256 * 2 * 2


def test_that_the_recurrent_state_counts_trunk_layers() -> None:
    june, september = planned(ZincOptions()), planned(EARLY)
    state = {plan: bytes_of(plan, ComponentKind.RECURRENT_STATE) for plan in (june, september)}
    assert state[june] * 64 == state[september] * 65


def test_that_metal_keeps_next_token_blocks_but_reserves_nothing_for_them() -> None:
    for options in (LATE, replace(LATE, mtp=False, kv_type=KvType.F16)):
        plan = planned(options, backend=Backend.METAL)
        assert plan.profile == memplan.profile_with_kv_bytes(
            replace(MODEL.config, n_layers=64), 4, 1
        )
        assert all(share.exact for share in plan.at.shares)
        assert plan.growth == ()
    allocated = planned(replace(LATE, accounting=Accounting.ALLOCATION), 4096, Backend.METAL)
    assert bytes_of(allocated, ComponentKind.KV_CACHE) == 4096 * 2 * 16 * (1024 // 32 * 34)


def test_that_a_server_keeps_one_checkpoint_of_the_layers_that_recur() -> None:
    (growth,) = planned(LATE).growth
    assert growth.kind is GrowthKind.TURN_CHECKPOINT
    assert growth.pool == planned(LATE).request.machine.devices[0].id
    assert growth.most(1) == growth.entry(1) == 48 * (3 * 10_240 + 48 * 128**2) * 4
    assert growth.most(1) // MIB == 149
    assert planned(EARLY).growth == ()


@pytest.mark.parametrize("backend", sorted(set(Backend) - set(BACKENDS)))
def test_that_other_backends_are_said_to_exist_though_they_are_not_planned(
    backend: Backend,
) -> None:
    with pytest.raises(UnsupportedRequestError, match="CUDA and ROCm"):
        planned(LATE, backend=backend)


def test_that_the_old_name_of_a_version_is_understood() -> None:
    assert ZincVersion("2026-09") is ZincVersion.SEPTEMBER_8_2026
    with pytest.raises(ValueError, match="2026-10"):
        ZincVersion("2026-10")
    saved = json.loads(json.dumps(request_to_json(Request())))
    saved["zinc"]["version"] = "2026-09"
    assert request_from_json(saved).zinc.version is ZincVersion.SEPTEMBER_8_2026


def test_that_bytes_of_a_block_of_the_cache_are_those_of_its_elements() -> None:
    config = replace(MODEL.config, n_layers=64)
    for element_bytes in (2, 4):
        assert memplan.profile_with_kv_block_bytes(
            config, 32 * element_bytes, 1
        ) == memplan.profile_with_kv_bytes(config, element_bytes, 1)
    assert memplan.profile_with_kv_block_bytes(config, 36, 1).device_local_bytes_per_token == 39_168


def test_that_a_budget_whose_share_overflows_is_refused() -> None:
    most = (2**64 - 1) // 85
    profile = memplan.profile(ModelConfig())
    assert memplan.auto_context_tokens_for_device_budget(profile, 0, most, 4096) == 4096
    with pytest.raises(ValueError, match=r"budget_bytes \* 85"):
        memplan.auto_context_tokens_for_device_budget(profile, 0, most + 1, 4096)
    assert memplan.auto_context_tokens_for_device_budget(profile, 0, most + 1, 0) == 0
    with pytest.raises(UnsupportedRequestError, match="85"):
        memplan.plan(MODEL, Request(budget_bytes=most + 1))


def test_that_advice_names_what_september_can_do() -> None:
    found = {advice.steps[0].change.name: advice for advice in advise(planned(LATE, 242_000))}
    assert found["kv_type"].reaches_goal
    assert found["kv_type"].steps[0].arguments == ("--zinc-kv-type", "q8")
    assert found["mtp"].plan.markers.max_tokens == 261_022
    june = {advice.steps[0].change.name for advice in advise(planned(ZincOptions()))}
    assert "zinc_version" in june


def test_that_a_trimmed_start_prints_what_zinc_prints() -> None:
    assert log_lines(planned(LATE, 242_000)) == [
        "Prefill scratch budget reduced from 1024 MB to 80 MB "
        "so the requested 242000-token context fits",
        "Context trimmed from 242000 to 225729 tokens to fit current VRAM budget",
        "KV cache: 17/65 layers attend, f16 (14989 MB total at 225729 tokens)",
    ]
    assert log_lines(planned(replace(LATE, mtp=False), 4096))[-1] == (
        "KV cache: 16/64 layers attend, f16 (256 MB total at 4096 tokens)"
    )
    assert log_lines(planned(LATE, 4096, Backend.METAL))[0] == (
        "NextN/MTP: 1 appended block(s) retained but excluded from ordinary inference"
    )


def test_that_the_lines_of_a_trimmed_start_are_read_as_what_they_say() -> None:
    log = parse_log(
        "".join(f"info(forward): {line}\n" for line in log_lines(planned(LATE, 242_000)))
    )
    assert log.outcome is LogOutcome.LOADED
    assert log.fit == FitReport(context_from=242_000, context_to=225_729)
    assert log.options.n_ctx == 225_729
    assert log.not_understood == 0
    cache, scratch = sorted(log.buffers, key=lambda buffer: -buffer.mib)
    assert (cache.kind, cache.mib) == (ComponentKind.KV_CACHE, 14_989)
    assert (scratch.kind, scratch.mib) == (ComponentKind.COMPUTE, 80)
    assert "ZINC reduced the context from 242,000 to 225,729 tokens." in log_text(log)
    asked = request_from_log(log, MODEL)
    assert asked.zinc == ZincOptions(ZincVersion.SEPTEMBER_12_2026, kv_type=KvType.F16)


def test_that_a_serve_engine_on_cuda_tells_its_slots() -> None:
    log = parse_log("info(cuda_serve): CUDA serve engine ready: 4 slots × 32768 ctx, eos=248046\n")
    assert (log.engine, log.backend, log.outcome) == ("zinc", "cuda", LogOutcome.LOADED)
    assert (log.options.n_seq, log.options.n_ctx) == (4, 4 * 32_768)


@pytest.mark.parametrize(
    ("backend", "kind", "reasons"),
    [
        (
            Backend.METAL,
            ComponentKind.KV_CACHE,
            (
                DifferenceReason.ACCOUNTING,
                DifferenceReason.CACHED_LAYERS,
                DifferenceReason.CACHE_TYPE,
            ),
        ),
        (
            Backend.VULKAN,
            ComponentKind.PAGE_TABLE,
            (DifferenceReason.ACCOUNTING, DifferenceReason.PAGE_ENTRIES),
        ),
    ],
)
def test_that_what_is_allocated_differs_from_what_is_planned_for_these_reasons(
    backend: Backend, kind: ComponentKind, reasons: tuple[DifferenceReason, ...]
) -> None:
    plan = planned(LATE, 32_768, backend)
    other = counterpart(plan.request)
    assert other.name == "ZINC, allocated"
    found = {term.kind: term for term in compare(plan, memplan.plan(MODEL, other.request))}
    assert found[kind].reasons == reasons
    assert found[kind].difference_bytes < 0
    assert counterpart(other.request).request == plan.request
    others = [term for term in found.values() if term.kind is not kind]
    assert {term.reasons for term in others} == {(DifferenceReason.SAME,)}


def test_that_next_token_blocks_and_scratch_are_reasons() -> None:
    plan = planned(LATE, 32_768)
    bare = planned(replace(LATE, mtp=False, prefill_scratch_mib=0), 32_768)
    found = {(term.part, term.kind): term for term in compare(plan, bare)}
    assert found[Part.MODEL, ComponentKind.WEIGHTS].reasons == (DifferenceReason.NEXT_TOKENS,)
    assert DifferenceReason.PREFILL_SCRATCH in found[Part.MODEL, ComponentKind.COMPUTE].reasons
    assert found[Part.MTP, ComponentKind.COMPUTE].reasons[0] is DifferenceReason.NEXT_TOKENS


def test_that_a_largest_context_that_is_estimated_says_by_how_much() -> None:
    def estimated(options: ZincOptions) -> list[str]:
        notices = planned(options).notices
        return [
            notice_text(each, "zinc")
            for each in notices
            if each.kind is NoticeKind.RESERVES_ESTIMATED
        ]

    (text,) = estimated(LATE)
    assert "up to 2,239 tokens" in text
    assert estimated(replace(LATE, mtp=False))
    assert not estimated(replace(LATE, mtp=False, prefill_scratch_mib=0))
    assert not estimated(ZincOptions())


def test_that_a_cache_that_is_logged_in_whole_megabytes_is_as_planned() -> None:
    log = parse_log(
        "".join(f"info(forward): {line}\n" for line in log_lines(planned(LATE, 242_000)))
    )
    found = {each.kind: each for each in against_plan(log, planned(LATE, log.options.n_ctx))}
    assert found[ComponentKind.KV_CACHE].difference_mib == 0
    assert found[ComponentKind.COMPUTE].planned_mib is None
    other = planned(replace(LATE, kv_type=KvType.F32), log.options.n_ctx)
    found = {each.kind: each for each in against_plan(log, other)}
    assert (found[ComponentKind.KV_CACHE].difference_mib or 0) < -10_000
