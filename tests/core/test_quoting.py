"""The command line to copy gives every shell exactly the arguments that are meant."""

from __future__ import annotations

import os
import re
import shlex
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from memplan.quoting import Shell, command_line

ARGUMENTS = [
    "llama-server",
    "-m",
    '/models/it\'s a "model" $HOME `x`.gguf',
    "-ts",
    "24,25",
    "-ot",
    r"blk\.3\.ffn_(gate|up|gate_up|down).*=CPU,blk\.4\.ffn_down.*=CUDA1",
    "",
    "100%PATH%^&!",
    "ends in \\",
    "übung",
]


def split_by_cmd(line: str) -> list[str]:
    """What a program's ``argv`` is when cmd starts it with this line, at its prompt."""
    seen, in_quotes, characters = "", False, iter(line)
    for character in characters:
        if character == "^" and not in_quotes:
            seen += next(characters)
            continue
        assert in_quotes or character not in "&|<>()", "cmd would act on it"
        in_quotes ^= character == '"'
        seen += character
    return split_by_start_up_code(seen)


def split_by_start_up_code(line: str) -> list[str]:
    """Microsoft's rules for ``argv``: of 2n backslashes before a quote n stay, one more is it."""
    found: list[str] = []
    word, started, in_quotes, backslashes = "", False, False, 0
    for character in (*line, " "):
        if character == "\\":
            backslashes, started = backslashes + 1, True
            continue
        if character == '"':
            word += "\\" * (backslashes // 2)
            started = True
            if backslashes % 2:
                word += '"'
            else:
                in_quotes = not in_quotes
        else:
            word += "\\" * backslashes
            if character != " " or in_quotes:
                word, started = word + character, True
            elif started:
                found.append(word)
                word, started = "", False
        backslashes = 0
    return found


def split_by_powershell(line: str) -> list[str]:
    """The words of a line that has single-quoted strings and plain words only."""
    words = re.findall(r"'((?:[^'‘’‚‛]|''|‘‘|’’|‚‚|‛‛)*)'(?:\s|$)|([^\s']+)(?:\s|$)", line)
    found = []
    for quoted, plain in words:
        assert not re.search(r"[,;|&(){}$`\"@#<>]", plain), "PowerShell would act on it"
        found.append(plain or re.sub(r"(['‘’‚‛])\1", r"\1", quoted))
    return found


def test_that_a_posix_shell_itself_reads_the_arguments_as_meant() -> None:
    line = command_line(["printf", r"%s\0", *ARGUMENTS], Shell.POSIX)
    printed = subprocess.run(["sh", "-c", line], capture_output=True, check=True).stdout
    assert os.fsdecode(printed).split("\0")[:-1] == ARGUMENTS


def test_that_cmd_reads_the_arguments_as_meant() -> None:
    assert split_by_cmd(command_line(ARGUMENTS, Shell.CMD)) == ARGUMENTS


def test_that_powershell_reads_the_arguments_as_meant() -> None:
    assert split_by_powershell(command_line(ARGUMENTS, Shell.POWERSHELL)) == ARGUMENTS


def test_that_powershell_runs_a_program_whose_path_is_quoted() -> None:
    line = command_line(["C:/Program Files/llama-server.exe", "-c", "8192"], Shell.POWERSHELL)
    assert line == "& 'C:/Program Files/llama-server.exe' -c 8192"


def test_that_what_needs_no_quotes_has_none() -> None:
    for shell in Shell:
        line = command_line(["llama-server", "-m", "model.gguf", "-c", "8192"], shell)
        assert line == "llama-server -m model.gguf -c 8192"


def test_that_cmd_keeps_patterns_readable_in_plain_quotes() -> None:
    line = command_line(["x", r"blk\.3\.ffn_(up|down).*=CPU"], Shell.CMD)
    assert line == r'x "blk\.3\.ffn_(up|down).*=CPU"'


def test_that_a_list_is_one_word_to_powershell() -> None:
    assert command_line(["x", "24,25"], Shell.POWERSHELL) == "x '24,25'"


@pytest.mark.parametrize("shell", Shell)
def test_that_a_zero_byte_is_refused(shell: Shell) -> None:
    with pytest.raises(ValueError, match="zero byte"):
        command_line(["x", "a\0b"], shell)


def test_that_cmd_is_given_no_line_break() -> None:
    with pytest.raises(ValueError, match="line"):
        command_line(["x", "a\nb"], Shell.CMD)


_WORDS = st.text(st.sampled_from("ab \\\"'%^&|<>()!,$`;-.:="), max_size=8)


@given(st.lists(_WORDS, max_size=4))
def test_that_any_argument_comes_through(words: list[str]) -> None:
    arguments = ["program", *words]
    assert shlex.split(command_line(arguments, Shell.POSIX)) == arguments
    assert split_by_powershell(command_line(arguments, Shell.POWERSHELL)) == arguments
    assert split_by_cmd(command_line(arguments, Shell.CMD)) == arguments
