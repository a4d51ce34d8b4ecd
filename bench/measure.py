"""What the scripts of this folder share: GraphEngine's command, what it answers, and results that are on disk after every row."""
import argparse
import contextlib
import json
import os
import shlex
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def parser(description):
    """A command line with what all scripts take."""
    result = argparse.ArgumentParser(description=description)
    result.add_argument("--rounds", type=positive, default=2, help="how often each is measured; the smallest median counts (2)")
    result.add_argument("--results", type=os.path.abspath, metavar="FILE.json", help="where the rows go, after each of them")
    return result


def positive(text):
    """A whole number above zero, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above zero")
    return number


def command():
    """GraphEngine's command: the executable that GRAPHENGINE names, or 'dotnet run' on the project."""
    named = os.environ.get("GRAPHENGINE")
    if named is None:
        return ["dotnet", "run", "-c", "Release", "--project", os.path.join(ROOT, "src", "GraphEngine.Cli"), "--"]
    return [os.path.abspath(named)] if os.path.exists(named) else shlex.split(named)


def ask(arguments):
    """What GraphEngine answers as JSON; ends the script with its error where it fails."""
    try:
        run = subprocess.run([*command(), *arguments, "--json", "-"], capture_output=True, text=True)
    except FileNotFoundError as error:
        sys.exit(f"GRAPHENGINE: {error.filename} cannot be started")
    if run.returncode:
        sys.exit(f"{' '.join(arguments)}: {run.stderr.strip()}")
    return json.loads(run.stdout[run.stdout.index("{"):])


def save(rows, path):
    """Writes all rows so far: a run that is cut off loses nothing, also while it writes."""
    if path:
        with open(path + ".partial", "w", encoding="utf-8") as file:
            json.dump(rows, file, indent=1)
        os.replace(path + ".partial", path)


@contextlib.contextmanager
def results(path):
    """Refuses a file of results that cannot be written before anything is measured, and ends without a traceback on Ctrl-C and where nobody reads the table any more."""
    try:
        if path:
            with open(path + ".partial", "w", encoding="utf-8"):
                pass
            os.remove(path + ".partial")
    except OSError as error:
        sys.exit(f"--results: {path} cannot be written: {error.strerror}")
    try:
        yield
    except (KeyboardInterrupt, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(130)


def print_row(cells):
    """A row of a Markdown table."""
    print("| " + " | ".join(cells) + " |", flush=True)


def print_header(cells):
    """The first two rows of a Markdown table."""
    print_row(cells)
    print("|" + "---|" * len(cells), flush=True)
