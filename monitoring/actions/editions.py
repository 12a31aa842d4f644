"""An edition raises alerts only after its effect was signed (docs/adr/0009); the first ones sign themselves."""

from collections.abc import Mapping

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections, transaction
from django.utils.translation import gettext as _

from monitoring.actions.refusals import ActionRefused
from monitoring.domain.editions import ENGINE, editions_of_code
from monitoring.models import AuditEntry, Patient, SignedEdition, StoredVerdict
from monitoring.queries import editions

# What was found signed: a signature is never taken back, so that it is asked for once a process.
_FOUND_SIGNED: set[frozenset[tuple[str, str]]] = set()


class EditionsNotSigned(ActionRefused):
    """The code at hand computes by editions whose effect nobody has signed."""


def check_signed() -> None:
    """Refuse to compute what alerts rest on by editions that are not signed."""
    wanted = frozenset(editions_of_code().items())
    if wanted in _FOUND_SIGNED:
        return
    missing = editions.unsigned()
    if missing:
        raise EditionsNotSigned(sentence(missing))
    _FOUND_SIGNED.add(wanted)


def sentence(missing: Mapping[str, str]) -> str:
    """Return what stands in the way of these editions, and what is to be done."""
    named = ", ".join(f"{name} {version}" for name, version in sorted(missing.items()))
    return _(
        "New editions are not signed: %(editions)s. Keep the old release running. Run `manage.py shadow --by USERNAME` "
        "with this release; a second person, a clinician, signs on the page /rules/ of the running release, or with "
        "`manage.py shadow --sign RUN --by USERNAME --comment TEXT`. Then run `manage.py migrate` and start."
    ) % {"editions": named}


def settle_first(using: str) -> dict[str, str]:
    """Sign what needs nobody, as the owner after a migration; return the editions of this code that still wait.

    An empty database, or one of demonstrations only, signs the editions of this code. One with patients in which
    nothing was ever signed signs those by which its verdicts were made: they raise its alerts already.
    """
    with transaction.atomic(using=using):
        if not Patient.objects.using(using).filter(is_synthetic=False).exists():
            _sign(using, editions_of_code(), "no patient but those of demonstrations")
        elif not SignedEdition.objects.using(using).exists():
            _sign_what_stands(using)
    return editions.unsigned(using)


def _sign_what_stands(using: str) -> None:
    stored = StoredVerdict.objects.using(using)
    engines = stored.values_list("engine_version", flat=True).distinct()
    rulesets = stored.values_list("ruleset", "ruleset_version").distinct()
    found = [(ENGINE, version) for version in engines] + list(rulesets)
    if not found:
        found = list(editions_of_code().items())
    for name, version in sorted(found):
        _sign(using, {name: version}, "in force before signatures were asked for")


def _sign(using: str, wanted: Mapping[str, str], reason: str) -> None:
    known = set(SignedEdition.objects.using(using).values_list("name", "version"))
    for name, version in wanted.items():
        if (name, version) not in known:
            row = SignedEdition.objects.using(using).create(name=name, version=version)
            AuditEntry.objects.using(using).bulk_create(
                [
                    AuditEntry(
                        actor_name="migrate", action="edition.sign", subject_type="signededition", subject_id=row.pk,
                        after={"name": name, "version": version}, reason=reason,
                    )
                ]
            )  # fmt: skip


def refuse_to_start() -> str:
    """Return why this release must not serve, empty where it may: asked once when a process starts.

    A database that does not answer, or has no tables yet, is told by health and by migrate; computing asks again.
    """
    try:
        missing = editions.unsigned()
    except Error:
        return ""
    except ImproperlyConfigured as refused:  # of the role by which the database is entered
        return str(refused)
    finally:
        connections.close_all()  # web processes are forked from this one
    return sentence(missing) if missing else ""
