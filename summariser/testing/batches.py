"""The provider's half-price batches: ``/v1/files`` and ``/v1/batches``, and the ways in which they come out badly."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

from summariser.testing.answers import Answer, failure, with_fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["BatchScript", "Batches"]


@dataclass(frozen=True)
class BatchScript:
    """How batches go. Shares are of the lines of a batch; which ones is decided by the seed.

    ``polls`` is how often a batch is looked up before it ends. ``expires_after`` lines it expires: the answers so far are
    in the output, the rest in the errors file. ``missing`` lines are in neither. ``failing`` lines are answered with the
    ``fault`` of that name (see `FAULTS`). ``lost`` responses to the creation of a batch never arrive, though it is made.
    ``forbidden`` downloads of the output are refused (403) before it can be had. ``rejected`` is why a batch does not
    pass validation. ``shuffled`` puts the output into another order than the input, as providers do. ``queue`` lines may be
    in batches that have not ended; a batch that goes beyond does not pass validation. ``strays`` lines of the output were
    never asked for, and its first ``twice`` lines come twice. ``blank`` writes an empty text where there is no file.
    """

    polls: int = 1
    expires_after: int | None = None
    missing: float = 0.0
    failing: float = 0.0
    fault: str = "500"
    lost: int = 0
    forbidden: int = 0
    rejected: str | None = None
    shuffled: bool = True
    queue: int | None = None
    strays: int = 0
    twice: int = 0
    blank: bool = False


class Batches:
    """Files and batches of one endpoint. ``answer`` says what a line's request is answered."""

    def __init__(self, script: BatchScript, answer: Callable[[dict[str, Any]], Answer], *, seed: int) -> None:
        self._script = script
        self._answer = answer
        self._chance = random.Random(f"{seed} batches")
        self._files: dict[str, tuple[dict[str, Any], bytes]] = {}
        self._numbers = count(1)
        self._batches: dict[str, dict[str, Any]] = {}
        self._polled: dict[str, int] = {}
        self._lost = self._forbidden = 0

    @property
    def all(self) -> list[dict[str, Any]]:
        """Every batch that was created, the latest first."""
        return list(reversed(self._batches.values()))

    def lines(self, batch: str) -> list[dict[str, Any]]:
        """The requests of a batch, as they were submitted."""
        content = self._files[self._batches[batch]["input_file_id"]][1]
        return [json.loads(line) for line in content.splitlines() if line.strip()]

    def respond(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], content: bytes
    ) -> Answer | None:
        """The response to a request for a file or a batch; None when the path is neither's."""
        match method, *path.strip("/").split("/"):
            case ["POST", "files"]:
                return self._upload(headers, content)
            case ["GET", "files"]:
                return _listed([about for about, _ in reversed(self._files.values())], query)
            case ["GET" | "DELETE", "files", name] if name in self._files:
                if method == "DELETE":
                    del self._files[name]
                    return Answer(body={"id": name, "object": "file", "deleted": True})
                return Answer(body=self._files[name][0])
            case ["GET", "files", name, "content"] if name in self._files:
                return self._download(name)
            case ["POST", "batches"]:
                return self._create(content)
            case ["GET", "batches"]:
                return _listed(self.all, query)
            case ["GET", "batches", name] if name in self._batches:
                return Answer(body=self._poll(name))
            case ["POST", "batches", name, "cancel"] if name in self._batches:
                return self._cancel(name)
            case [_, "files" | "batches" as kind, name, *_]:
                return failure(404, f"No {kind} object with id '{name}' was found.", param="id")
            case _:
                return None

    def _keep(self, content: bytes, name: str, purpose: str) -> dict[str, Any]:
        made = f"file-{next(self._numbers):06}"
        about: dict[str, Any] = {
            "id": made,
            "object": "file",
            "bytes": len(content),
            "created_at": 0,
            "filename": name,
            "purpose": purpose,
            "status": "processed",
        }
        self._files[made] = about, content
        return about

    def _upload(self, headers: Mapping[str, str], content: bytes) -> Answer:
        parts = _form(headers.get("content-type", ""), content)
        if "file" not in parts or "purpose" not in parts:
            return failure(400, "Missing required parameter: 'file' and 'purpose' are needed.", param="file")
        name, data = parts["file"]
        return Answer(body=self._keep(data, name or "upload", parts["purpose"][1].decode()))

    def _download(self, name: str) -> Answer:
        about, data = self._files[name]
        if about["purpose"] == "batch_output" and self._forbidden < self._script.forbidden:
            self._forbidden += 1
            return failure(403, "You are not allowed to access this file.")
        return Answer(body=data, headers={"content-type": "application/octet-stream"})

    def _create(self, content: bytes) -> Answer:
        try:
            asked = json.loads(content)
            lines = [json.loads(line) for line in self._files[asked["input_file_id"]][1].splitlines() if line.strip()]
        except (ValueError, KeyError, TypeError) as error:
            return failure(400, f"Invalid batch: {error!r}", param="input_file_id")
        name = f"batch_{len(self._batches) + 1:06}"
        why = self._script.rejected
        ids = [line.get("custom_id") for line in lines]
        if why is None and len(set(ids)) < len(ids):
            why = "The custom_id for a request is not unique."
        code = "invalid_request"
        if why is None and self._script.queue is not None and self._queued + len(lines) > self._script.queue:
            why, code = "Enqueued token limit reached. Please try again later.", "token_limit_exceeded"
        self._batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": asked.get("endpoint"),
            "errors": None,
            "input_file_id": asked["input_file_id"],
            "completion_window": asked.get("completion_window"),
            "status": "validating",
            "output_file_id": "" if self._script.blank else None,
            "error_file_id": "" if self._script.blank else None,
            "created_at": 0,
            "request_counts": {"total": len(lines), "completed": 0, "failed": 0},
            "metadata": asked.get("metadata"),
        }
        self._polled[name] = 0
        if why is not None:
            fault = {"code": code, "message": why, "param": None, "line": 1}
            self._batches[name] |= {"status": "failed", "errors": {"object": "list", "data": [fault]}}
        if self._lost < self._script.lost:
            self._lost += 1
            return Answer(drop=True)
        return Answer(body=dict(self._batches[name]))

    @property
    def _queued(self) -> int:
        under_way = ("validating", "in_progress", "cancelling")
        return sum(b["request_counts"]["total"] for b in self._batches.values() if b["status"] in under_way)

    def _poll(self, name: str) -> dict[str, Any]:
        batch = self._batches[name]
        if batch["status"] in ("validating", "in_progress"):
            self._polled[name] += 1
            batch["status"] = "in_progress"
            if self._polled[name] >= self._script.polls:
                self._finish(batch)
        elif batch["status"] == "cancelling":
            batch["status"] = "cancelled"
        return dict(batch)

    def _cancel(self, name: str) -> Answer:
        batch = self._batches[name]
        if batch["status"] not in ("validating", "in_progress", "cancelling"):
            return failure(409, f"Cannot cancel a batch with status '{batch['status']}'.")
        batch["status"] = "cancelling"
        return Answer(body=dict(batch))

    def _finish(self, batch: dict[str, Any]) -> None:
        """Answer the lines, as far as the script lets it."""
        script, chance = self._script, self._chance
        output, errors = list[dict[str, Any]](), list[dict[str, Any]]()
        _, content = self._files[batch["input_file_id"]]
        for place, line in enumerate(json.loads(line) for line in content.splitlines() if line.strip()):
            about = {"id": f"batch_req_{place + 1:06}", "custom_id": line["custom_id"]}
            fate = chance.random()
            if script.expires_after is not None and place >= script.expires_after:
                why = "This request could not be executed before the completion window expired."
                errors.append({**about, "response": None, "error": {"code": "batch_expired", "message": why}})
                continue
            if fate < script.missing:
                continue
            answer = self._answer(line["body"])
            if fate < script.missing + script.failing:
                answer = with_fault(script.fault, answer)
            response = {"status_code": answer.status, "request_id": f"req_{place + 1:06}", "body": answer.body}
            (output if answer.status < 400 else errors).append({**about, "response": response, "error": None})
        output += output[: script.twice]
        output += [{**line, "custom_id": f"stray-{place}"} for place, line in enumerate(output[: script.strays])]
        if script.shuffled:
            chance.shuffle(output)
        for lines, field, purpose in (
            (output, "output_file_id", "batch_output"),
            (errors, "error_file_id", "batch_output"),
        ):
            if lines:
                content = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
                batch[field] = self._keep(content, f"{batch['id']}_{field[:-8]}.jsonl", purpose)["id"]
        batch["status"] = "completed" if script.expires_after is None else "expired"
        total = batch["request_counts"]["total"]
        batch["request_counts"] = {"total": total, "completed": len(output), "failed": len(errors)}


_MOST_LISTED = 20


def _listed(entries: list[dict[str, Any]], query: Mapping[str, str]) -> Answer:
    ids = [entry["id"] for entry in entries]
    start = ids.index(query["after"]) + 1 if query.get("after") in ids else 0
    end = start + int(query.get("limit", _MOST_LISTED))
    shown = entries[start:end]
    ends = {"first_id": shown[0]["id"], "last_id": shown[-1]["id"]} if shown else {"first_id": None, "last_id": None}
    return Answer(body={"object": "list", "data": shown, **ends, "has_more": end < len(entries)})


_BOUNDARY = re.compile(r'boundary="?([^";]+)')
_FIELD = re.compile(rb'\bname="([^"]*)"')
_FILENAME = re.compile(rb'\bfilename="([^"]*)"')


def _form(kind: str, content: bytes) -> dict[str, tuple[str, bytes]]:
    """The parts of a multipart form by name: file name and content."""
    boundary = _BOUNDARY.search(kind)
    if boundary is None:
        return {}
    parts: dict[str, tuple[str, bytes]] = {}
    for part in content.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        if field := _FIELD.search(head):
            filename = _FILENAME.search(head)
            parts[field[1].decode()] = (filename[1].decode() if filename else "", data.removesuffix(b"\r\n"))
    return parts
