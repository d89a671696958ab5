"""How a process ended, in the words of a kernel, a shell, a service manager or a container."""

from __future__ import annotations

from typing import Final

from memplan.engines.log_row import Effect, LineKind, row

_OOM: Final = r"(?i)\boom[-_ ]killer\b.{0,40}|\bresult 'oom-kill'|\boom-kill:|invoked oom-killer"
_CODE_137: Final = (
    r"(?i)(?:exit(?:ed|s)?(?: with)?(?: status| code)?|exitcode|code|status)[\s:=(\"']{1,4}137\b"
)

_CODE_MINUS_9: Final = r"(?i)(?:exit(?:ed)?(?: with)?(?: status)? )?code[:=\s]{1,3}-9\b"

_KILLED: Final = r"[Oo]ut of memory: Kill(?:ed)? process"


def system_rows(processes: str) -> tuple[LineKind, ...]:
    """The rows, given the names of processes that hold a model, as alternatives of a pattern.

    Another process that is killed ends no load.
    """
    of_engine = row(
        "illed process",
        rf"{_KILLED} \d{{1,10}},? \((?i:[\w./-]{{0,24}}(?:{processes}))",
        Effect.STOPPED,
        "Out of memory: Killed process 3110 (server) total-vm:91234567kB",
        cause="host_memory",
        ending="killed",
    )
    return (of_engine, *_SYSTEM)


_SYSTEM: Final = (
    row("illed process", _KILLED, Effect.NONE,
        "Out of memory: Killed process 4711 (chrome) total-vm:1234567kB"),
    row("oom-k", _OOM, Effect.STOPPED, "systemd[1]: ollama.service: Failed with result 'oom-kill'.",
        cause="host_memory", ending="killed"),
    row("OOM k", _OOM, Effect.STOPPED,
        "A process of this unit has been killed by the OOM killer.",
        cause="host_memory", ending="killed"),
    row("OOMKilled", r"OOMKilled(?!\W{1,4}false)", Effect.STOPPED, "    Reason:       OOMKilled",
        cause="host_memory", ending="killed"),
    row("signal", r"signal: killed|signal:? 9\b|[Ss]ignal SIGKILL", Effect.STOPPED,
        'msg="llama runner terminated" error="signal: killed"',
        cause="host_memory", ending="killed"),
    row("SIGKILL", r"\bSIGKILL\b|Signals\.SIGKILL", Effect.STOPPED,
        "subprocess died with <Signals.SIGKILL: 9>.", cause="host_memory", ending="killed"),
    row("status=9/KILL", r"status=9/KILL", Effect.STOPPED,
        "systemd[1]: llama.service: Main process exited, code=killed, status=9/KILL",
        cause="host_memory", ending="killed"),
    row("illed", r"(?:^|[\d|>\]:]\s{1,8})\s{0,8}Killed(?:: 9)?\s{0,8}$", Effect.STOPPED, "Killed",
        cause="host_memory", ending="killed"),
    row("illed", r"(?:line \d{1,6}:\s{1,4}\d{1,10}|\[\d{1,4}\]\s{0,3}[+-]?\s{0,8}(?:\d{1,10})?|zsh:"
        r"|sh:)\s{1,4}[Kk]illed\b", Effect.STOPPED, "./run.sh: line 5: 12345 Killed   ./server",
        cause="host_memory", ending="killed"),
    row("ode 137", _CODE_137, Effect.STOPPED, "server exited with code 137",
        cause="host_memory", ending="killed"),
    row("tus 137", _CODE_137, Effect.STOPPED, "exit status 137",
        cause="host_memory", ending="killed"),
    row(": 137", _CODE_137, Effect.STOPPED, "    Exit Code: 137",
        cause="host_memory", ending="killed"),
    row("ed (137)", _CODE_137, Effect.STOPPED, "Exited (137) 3 seconds ago",
        cause="host_memory", ending="killed"),
    row("ode=137", _CODE_137, Effect.STOPPED, "container died (exitCode=137)",
        cause="host_memory", ending="killed"),
    row("ode: -9", _CODE_MINUS_9, Effect.STOPPED,
        "Server process terminated unexpectedly with exit code: -9",
        cause="host_memory", ending="killed"),
    row("ode -9", _CODE_MINUS_9, Effect.STOPPED, "process exited with code -9",
        cause="host_memory", ending="killed"),
    row("0000409", r"(?i)0xc0000409\b", Effect.STOPPED,
        'msg="llama runner terminated" error="exit status 0xc0000409"',
        cause="host_memory", ending="windows_code", code="0xC0000409"),
    row("3221226505", r"\b3221226505\b", Effect.STOPPED, "exit status 3221226505",
        cause="host_memory", ending="windows_code", code="0xC0000409"),
    row("-1073740791", r"-1073740791\b", Effect.STOPPED, "exit code: -1073740791",
        cause="host_memory", ending="windows_code", code="0xC0000409"),
    row("0000005", r"(?i)0xc0000005\b", Effect.STOPPED, "server exited with code 0xC0000005",
        cause="host_memory", ending="windows_code", code="0xC0000005"),
    row("3221225477", r"\b3221225477\b", Effect.STOPPED, "exit status 3221225477",
        cause="host_memory", ending="windows_code", code="0xC0000005"),
    row("-1073741819", r"-1073741819\b", Effect.STOPPED, "exit code: -1073741819",
        cause="host_memory", ending="windows_code", code="0xC0000005"),
    row("18446744072635", r"\b184467440726358(?:0[0-9]|10[0-3])\d{2,3}\b", Effect.STOPPED,
        "The model has crashed. (Exit code: 18446744072635810000)",
        cause="host_memory", ending="windows_code", code="0xC0000005"),
    row("18446744072635", r"\b184467440726358(?:10[4-9]|1[1-9]\d)\d{2}\b", Effect.STOPPED,
        "The model has crashed. (Exit code: 18446744072635812000)",
        cause="host_memory", ending="windows_code", code="0xC0000409"),
    row("bad_alloc", r"std::bad_alloc|\bbad_alloc\b|bad allocation", Effect.STOPPED,
        "  what():  std::bad_alloc",
        cause="host_memory", ending="not_allocated"),
    row("dumped)", r"\(core dumped\)", Effect.STOPPED, "Aborted (core dumped)"),
    row("terminate called", r"terminate called after throwing", Effect.STOPPED,
        "terminate called after throwing an instance of 'std::runtime_error'"),
    row("panic: ", r"(?:^|\s)panic: ", Effect.STOPPED, "panic: runtime error: index out of range"),
)  # fmt: skip
