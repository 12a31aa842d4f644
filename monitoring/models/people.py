"""People who sign in, and the centres at which they may act."""

from zoneinfo import ZoneInfo, available_timezones

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from monitoring.models.choices import RoleChoice, RuleSetChoice
from monitoring.models.fields import choices_only


class User(AbstractUser):
    """A person, or a machine that was given an account."""

    full_name = models.CharField(_("full name"), max_length=200, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True, default="")
    # Set while the password is one that somebody else has seen; empty once the person chose their own.
    one_time_password_until = models.DateTimeField(null=True, blank=True)

    @property
    def must_change_password(self) -> bool:
        """Whether the person has to choose a password of their own before anything else."""
        return self.one_time_password_until is not None

    @property
    def shown_name(self) -> str:
        """The name to show beside what this person did."""
        return self.full_name or self.username


def check_time_zone(name: str) -> None:
    """Refuse a time zone that this machine does not know."""
    if name not in available_timezones():
        raise ValidationError(_("%(name)s is not a time zone."), params={"name": name})


class Centre(models.Model):
    """A hospital or laboratory whose people see the patients that it cares for."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=50, default="Europe/Paris", validators=[check_time_zone])
    alerting_ruleset = models.CharField(max_length=20, choices=RuleSetChoice.choices, default=RuleSetChoice.ELN2021)
    is_synthetic = models.BooleanField(default=False)
    second_clinician = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    lead = models.ForeignKey("User", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        constraints = [choices_only("centre_ruleset_known", "alerting_ruleset", RuleSetChoice)]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which this centre counts its days."""
        return ZoneInfo(self.time_zone)


class Membership(models.Model):
    """The role of a person at a centre."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    centre = models.ForeignKey(Centre, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=RoleChoice.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            choices_only("membership_role_known", "role", RoleChoice),
            models.UniqueConstraint(fields=["user", "centre", "role"], name="membership_once"),
            models.CheckConstraint(
                name="membership_ends_after_start",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
        ]
