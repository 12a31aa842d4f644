"""The words of every flag: what a rule set, the schedule or the comparison of rule sets has to say beside a verdict."""

from django.utils.translation import gettext_lazy as _

from monitoring.domain.terms import FlagCode
from monitoring.wording.words import Tone, Word

FLAGS: dict[str, Word] = {
    FlagCode.HIGH_LEVEL: Word(
        _("High level outside any relapse"),
        "positive",
        Tone.CONFIRMED,
        _("Positive, although no rule calls it a relapse: there was no earlier negative and no tenfold rise."),
    ),
    FlagCode.PERSISTENCE: Word(
        _("Persistent at the end of treatment"),
        "positive",
        Tone.SUSPECTED,
        _("The first evaluable marrow from the end of treatment on is still detected."),
    ),
    FlagCode.EOT_POSITIVE: Word(
        _("Positive at the end of treatment"),
        "positive",
        Tone.SUSPECTED,
        _("The end-of-treatment marrow is positive, or for a CBF marker has not fallen far enough."),
    ),
    FlagCode.POST_HSCT_POSITIVE: Word(
        _("Detected after transplant"),
        "positive",
        Tone.CONFIRMED,
        _("Detected after HSCT with no negative before it, so no rule can call it a conversion."),
    ),
    FlagCode.EARLY_POST_HSCT: Word(
        _("Within 100 days of transplant"),
        "transplant",
        Tone.QUIET,
        _("Detected in the first 100 days after HSCT, when levels may still be falling."),
    ),
    FlagCode.DETECTED_AFTER_LIMITED: Word(
        _("Detected after a limited negative"),
        "suspected",
        Tone.SUSPECTED,
        _("Not there when last looked for, as far as that sample could see; too limited to count as a negative."),
    ),
    FlagCode.RISE_ACROSS_ASSAYS: Word(
        _("Tenfold rise across two assays"),
        "suspected",
        Tone.SUSPECTED,
        _("At least one log above the lowest value of another assay. Only one assay for both samples can tell."),
    ),
    FlagCode.ASSAY_CHANGED: Word(
        _("Assay changed"),
        "ask",
        Tone.QUIET,
        _("Measured by another assay than the sample before: the two values are not compared."),
    ),
    FlagCode.RESPONSE_LOST: Word(
        _("Response lost"),
        "suspected",
        Tone.SUSPECTED,
        _("After a reduction of one log the level is back at half its reference or above."),
    ),
    FlagCode.RISING_ON_THERAPY: Word(
        _("Rising during first-line treatment"),
        "suspected",
        Tone.QUIET,
        _("A tenfold rise before the end of first-line treatment, which no rule set calls a relapse."),
    ),
    FlagCode.PROGRESSION_ON_THERAPY: Word(
        _("Progression on pre-emptive treatment"),
        "confirmed",
        Tone.CONFIRMED,
        _("At least one log above the value before treatment, or above the lowest since it began."),
    ),
    FlagCode.RISING_IN_EPISODE: Word(
        _("Rising since the relapse"),
        "confirmed",
        Tone.CONFIRMED,
        _("At least one log above the lowest value since the index sample of the open relapse."),
    ),
    FlagCode.TARGET_SEEN_INADEQUATE: Word(
        _("Transcript seen in an inadequate sample"),
        "ask",
        Tone.SUSPECTED,
        _("The transcript was seen, yet the sample cannot be counted. Repeat it without delay."),
    ),
    FlagCode.REPEAT_SAMPLE: Word(
        _("Repeat the sample"),
        "not-evaluable",
        Tone.QUIET,
        _("The sample changes nothing: neither a negative nor a confirmation."),
    ),
    FlagCode.REVIEW_VALUE: Word(
        _("Value to be clarified"),
        "ask",
        Tone.QUIET,
        _("The sender gave “<” without saying whether the transcript was detected."),
    ),
    FlagCode.UNQUANTIFIED: Word(
        _("Detected below quantification"),
        "low",
        Tone.QUIET,
        _("Detected without a value that can be trusted: low level in every rule set."),
    ),
    FlagCode.CONFIRMATION_OVERDUE: Word(
        _("Confirmation overdue"),
        "overdue",
        Tone.OVERDUE,
        _("More than 28 days since the index sample. It stays suspected until a sample decides."),
    ),
    FlagCode.END_OF_TREATMENT_MISSING: Word(
        _("End of treatment not recorded"),
        "ask",
        Tone.QUIET,
        _("All results are read as collected after the end of first-line treatment."),
    ),
    FlagCode.NPM1_LOSS_KNOWN: Word(
        _("NPM1 mutation lost"),
        "ask",
        Tone.OVERDUE,
        _("The relapse is known to have lost the marker: a negative does not exclude relapse."),
    ),
    FlagCode.NO_RESPONSE: Word(
        _("No response after cycle 2"),
        "suspected",
        Tone.SUSPECTED,
        _("Neither negativity nor a reduction of one log after the second cycle."),
    ),
    FlagCode.SAMPLE_OVERDUE: Word(
        _("Sample overdue"),
        "overdue",
        Tone.OVERDUE,
        _("The sample due by the schedule has not arrived within the days of grace."),
    ),
    FlagCode.RULESETS_DISAGREE: Word(
        _("Rule sets disagree"),
        "differs",
        Tone.SUSPECTED,
        _("Another rule set gives another verdict on the same samples."),
    ),
}
