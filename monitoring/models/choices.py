"""The words that forms offer and the database accepts. Those of the rules come from monitoring.domain.terms."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MarkerChoice(models.TextChoices):
    NPM1 = "NPM1", "NPM1"
    RUNX1_RUNX1T1 = "RUNX1::RUNX1T1", "RUNX1::RUNX1T1"
    CBFB_MYH11 = "CBFB::MYH11", "CBFB::MYH11"


class TissueChoice(models.TextChoices):
    BONE_MARROW = "BM", _("Marrow")
    PERIPHERAL_BLOOD = "PB", _("Blood")


class CallChoice(models.TextChoices):
    DETECTED = "DETECTED", _("Detected")
    NOT_DETECTED = "NOT_DETECTED", _("Not detected")
    INDETERMINATE = "INDETERMINATE", _("Indeterminate")
    NOT_EVALUABLE = "NOT_EVALUABLE", _("Not evaluable")
    UNKNOWN = "UNKNOWN", _("Unknown")


class TimepointChoice(models.TextChoices):
    NONE = "", _("None in particular")
    AFTER_CYCLE_2 = "AFTER_CYCLE_2", _("After cycle 2")
    END_OF_TREATMENT = "END_OF_TREATMENT", _("End of treatment")


class RuleSetChoice(models.TextChoices):
    ELN2021 = "ELN2021", "ELN 2021"
    ELN2022 = "ELN2022", "ELN 2022"
    ELN2025 = "ELN2025", "ELN 2025"
    TIONG2020 = "TIONG2020", "Tiong 2020"


class RoleChoice(models.TextChoices):
    LABORATORY_TECHNICIAN = "LABORATORY_TECHNICIAN", _("laboratory technician")
    LABORATORY_AUTHORISER = "LABORATORY_AUTHORISER", _("laboratory authoriser")
    CLINICIAN = "CLINICIAN", _("clinician")
    DATA_MANAGER = "DATA_MANAGER", _("data manager")
    AUDITOR = "AUDITOR", _("auditor")
    ADMINISTRATOR = "ADMINISTRATOR", _("administrator")


class CareRoleChoice(models.TextChoices):
    TREATING = "TREATING", _("treating")
    REFERRING = "REFERRING", _("referring")
    TRANSPLANT = "TRANSPLANT", _("transplant")
    LABORATORY = "LABORATORY", _("laboratory")


class SexChoice(models.TextChoices):
    FEMALE = "F", _("Female")
    MALE = "M", _("Male")
    OTHER = "O", _("Other")
    UNKNOWN = "U", _("Not known")


class ElnRiskChoice(models.TextChoices):
    UNKNOWN = "", _("Not known")
    FAVOURABLE = "FAVOURABLE", _("favourable")
    INTERMEDIATE = "INTERMEDIATE", _("intermediate")
    ADVERSE = "ADVERSE", _("adverse")


class RemissionChoice(models.TextChoices):
    NONE = "", _("none recorded")
    FIRST = "FIRST", _("first remission")
    SECOND = "SECOND", _("second remission")


class FindingStatusChoice(models.TextChoices):
    PRESENT = "PRESENT", _("present")
    ABSENT = "ABSENT", _("not detected")
    GAINED = "GAINED", _("gained")
    PERSISTENT = "PERSISTENT", _("persistent")
    LOST = "LOST", _("lost")


class GeneChoice(models.TextChoices):
    NPM1 = "NPM1", "NPM1"
    FLT3_ITD = "FLT3-ITD", "FLT3-ITD"
    FLT3_TKD = "FLT3-TKD", "FLT3-TKD"
    DNMT3A = "DNMT3A", "DNMT3A"
    IDH1 = "IDH1", "IDH1"
    IDH2 = "IDH2", "IDH2"
    TET2 = "TET2", "TET2"
    SRSF2 = "SRSF2", "SRSF2"
    NRAS = "NRAS", "NRAS"
    KRAS = "KRAS", "KRAS"
    BAX = "BAX", "BAX"
    OTHER = "OTHER", _("other")


class TreatmentKindChoice(models.TextChoices):
    FIRST_LINE = "FIRST_LINE", _("First line")
    PRE_EMPTIVE = "PRE_EMPTIVE", _("Pre-emptive")
    SALVAGE = "SALVAGE", _("Salvage")
    OTHER = "OTHER", _("Other")


class PartnerDrugChoice(models.TextChoices):
    NONE = "", _("none")
    AZACITIDINE = "AZACITIDINE", _("azacitidine")
    LOW_DOSE_CYTARABINE = "LOW_DOSE_CYTARABINE", _("low-dose cytarabine")


class Cyp3a4Choice(models.TextChoices):
    NONE = "", _("none")
    MODERATE_INHIBITOR = "MODERATE_INHIBITOR", _("moderate inhibitor")
    STRONG_INHIBITOR = "STRONG_INHIBITOR", _("strong inhibitor")
    POSACONAZOLE = "POSACONAZOLE", _("posaconazole")
    STRONG_INDUCER = "STRONG_INDUCER", _("strong inducer")


class SettingChoice(models.TextChoices):
    UNKNOWN = "", _("not recorded")
    OUTPATIENT = "OUTPATIENT", _("outpatient")
    INPATIENT = "INPATIENT", _("inpatient")


class EventKindChoice(models.TextChoices):
    REMISSION = "REMISSION", _("Remission")
    HSCT = "HSCT", _("Transplant (HSCT)")
    DLI = "DLI", _("Donor lymphocytes (DLI)")
    GVHD = "GVHD", _("Graft-versus-host disease")
    HAEMATOLOGICAL_RELAPSE = "HAEMATOLOGICAL_RELAPSE", _("Haematological relapse")
    DEATH = "DEATH", _("Death")
    LAST_CONTACT = "LAST_CONTACT", _("Last contact")
    LAST_DISEASE_ASSESSMENT = "LAST_DISEASE_ASSESSMENT", _("Last disease assessment")
    NOT_TRANSPLANTED = "NOT_TRANSPLANTED", _("Not transplanted, reason")


class ResultStateChoice(models.TextChoices):
    DRAFT = "DRAFT", _("draft")
    SUBMITTED = "SUBMITTED", _("submitted")
    AUTHORISED = "AUTHORISED", _("authorised")
    SUPERSEDED = "SUPERSEDED", _("superseded")
    WITHDRAWN = "WITHDRAWN", _("withdrawn")


class RunStateChoice(models.TextChoices):
    IN_REVIEW = "IN_REVIEW", _("in review")
    SUBMITTED = "SUBMITTED", _("submitted")
    DISCARDED = "DISCARDED", _("discarded")


class RunTargetChoice(models.TextChoices):
    ASSAY = "ASSAY", _("assay")
    CONTROL_GENE = "CONTROL_GENE", _("control gene")
    NOT_USED = "NOT_USED", _("not used")


class WellRoleChoice(models.TextChoices):
    SAMPLE = "SAMPLE", _("sample")
    STANDARD = "STANDARD", _("standard")
    NO_TEMPLATE = "NO_TEMPLATE", _("no template")
    NO_RT = "NO_RT", _("no reverse transcriptase")
    EXTRACTION_BLANK = "EXTRACTION_BLANK", _("extraction blank")
    WILD_TYPE = "WILD_TYPE", _("wild type")
    POSITIVE_CONTROL = "POSITIVE_CONTROL", _("positive control")


class FileFormatChoice(models.TextChoices):
    QUANTSTUDIO_TEXT = "QUANTSTUDIO_TEXT", "QuantStudio, ViiA 7 (txt)"
    QUANTSTUDIO_CSV = "QUANTSTUDIO_CSV", "QuantStudio, ViiA 7 (csv)"
    QUANTSTUDIO_XLSX = "QUANTSTUDIO_XLSX", "QuantStudio, ViiA 7 (xlsx)"
    DESIGN_ANALYSIS_XLSX = "DESIGN_ANALYSIS_XLSX", "Design & Analysis 2 (xlsx)"
    SDS_TEXT = "SDS_TEXT", "SDS 2 (txt)"
    LIGHTCYCLER_TEXT = "LIGHTCYCLER_TEXT", "LightCycler 480 (txt)"
    CFX_CSV = "CFX_CSV", "CFX Maestro (csv)"
    ROTOR_GENE_CSV = "ROTOR_GENE_CSV", "Rotor-Gene (csv)"
    RDML = "RDML", "RDML"
    PLAIN_CSV = "PLAIN_CSV", _("plain csv")


class LotKindChoice(models.TextChoices):
    PRIMERS_AND_PROBE = "PRIMERS_AND_PROBE", _("primers and probe")
    STANDARD = "STANDARD", _("standards")
    MASTER_MIX = "MASTER_MIX", _("master mix")
    REVERSE_TRANSCRIPTION = "REVERSE_TRANSCRIPTION", _("reverse transcription")
    EXTRACTION = "EXTRACTION", _("extraction")
    CONTROL_MATERIAL = "CONTROL_MATERIAL", _("control material")


class LotStateChoice(models.TextChoices):
    IN_USE = "IN_USE", _("in use")
    FAILED = "FAILED", _("failed")
    RETIRED = "RETIRED", _("used up")


class QualityQuantityChoice(models.TextChoices):
    SLOPE = "SLOPE", _("slope")
    INTERCEPT = "INTERCEPT", _("intercept")
    EFFICIENCY_PCT = "EFFICIENCY_PCT", _("efficiency")
    R2 = "R2", "R²"
    POSITIVE_CONTROL_CQ = "POSITIVE_CONTROL_CQ", _("Cq of the positive control")
    ABL1_LOG10_COPIES = "ABL1_LOG10_COPIES", _("ABL1 copies of the samples, log₁₀")


class QuantificationModeChoice(models.TextChoices):
    STANDARD_CURVE = "STANDARD_CURVE", _("standard curve")
    DELTA_CQ = "DELTA_CQ", _("difference of Cq, without standards")


class UndeterminedWellsChoice(models.TextChoices):
    AS_ZERO = "AS_ZERO", _("counts as 0 copies")
    LEFT_OUT = "LEFT_OUT", _("is left out of the mean")


class AuthorisationBasisChoice(models.TextChoices):
    TWO_PEOPLE = "TWO_PEOPLE", _("two people")
    SENDING_LABORATORY = "SENDING_LABORATORY", _("sending laboratory")


class ScaleChoice(models.TextChoices):
    PCT_ABL1 = "PCT_ABL1", _("% of ABL1")
    PCT_BASELINE = "PCT_BASELINE", _("% of diagnosis")
    PER_10_4_ABL1 = "PER_10_4_ABL1", _("copies per 10⁴ ABL1")
    PER_10_5_ABL1 = "PER_10_5_ABL1", _("copies per 10⁵ ABL1")
    RATIO = "RATIO", _("ratio to ABL1")
    COPIES = "COPIES", _("from copies")
    NONE = "", _("no value")


class AlertStateChoice(models.TextChoices):
    RAISED = "RAISED", _("raised")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("acknowledged")
    RESOLVED = "RESOLVED", _("resolved")
    RETRACTED = "RETRACTED", _("retracted")


class AlertStepChoice(models.TextChoices):
    RAISED = "RAISED", _("raised")
    UPDATED = "UPDATED", _("updated")
    REOPENED = "REOPENED", _("reopened")
    SEEN = "SEEN", _("seen")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("acknowledged")
    HANDED_OVER = "HANDED_OVER", _("handed over")
    ESCALATED = "ESCALATED", _("escalated")
    RESOLVED = "RESOLVED", _("resolved")
    RETRACTED = "RETRACTED", _("retracted")


class NotificationChannelChoice(models.TextChoices):
    EMAIL = "EMAIL", _("e-mail")
    WEBHOOK = "WEBHOOK", _("webhook")


class NotificationStateChoice(models.TextChoices):
    WAITING = "WAITING", _("waiting")
    SENT = "SENT", _("sent")
    FAILED = "FAILED", _("failed")
    DROPPED = "DROPPED", _("not needed any more")


class ChildPughChoice(models.TextChoices):
    UNKNOWN = "", _("not recorded")
    NORMAL = "NORMAL", _("normal")
    A = "A", "Child-Pugh A"
    B = "B", "Child-Pugh B"
    C = "C", "Child-Pugh C"


class AdverseEventChoice(models.TextChoices):
    OTHER = "", _("other")
    FEBRILE_NEUTROPENIA = "FEBRILE_NEUTROPENIA", _("febrile neutropenia")
    INFECTION = "INFECTION", _("infection")
    TUMOUR_LYSIS = "TUMOUR_LYSIS", _("tumour lysis syndrome")
    NAUSEA = "NAUSEA", _("nausea or vomiting")
    DIARRHOEA = "DIARRHOEA", _("diarrhoea")
    BLEEDING = "BLEEDING", _("bleeding")
    LIVER = "LIVER", _("liver enzymes or bilirubin raised")


class ClientKindChoice(models.TextChoices):
    LABORATORY = "LABORATORY", _("laboratory system, sends results")
    HOSPITAL = "HOSPITAL", _("hospital system, reads")
    RECORD = "RECORD", _("hospital record, shows cards and pages")


class AckModeChoice(models.TextChoices):
    STANDARD = "STANDARD", _("as the message asks")
    ORIGINAL = "ORIGINAL", _("always AA, AE, AR")
    ENHANCED = "ENHANCED", _("always CA, CE, CR")


class MessageStateChoice(models.TextChoices):
    STORED = "STORED", _("stored, not yet read")
    DONE = "DONE", _("taken in")
    SUPERSEDED = "SUPERSEDED", _("older than what is on record")
    DUPLICATE = "DUPLICATE", _("came before")
    QUARANTINED = "QUARANTINED", _("waits for a person")
    REFUSED = "REFUSED", _("refused")
    DISCARDED = "DISCARDED", _("set aside")


class CohortAnswerStateChoice(models.TextChoices):
    WAITING = "WAITING", _("waiting")
    RUNNING = "RUNNING", _("being computed")
    DONE = "DONE", _("computed")
    FAILED = "FAILED", _("could not be computed")
    STOPPED = "STOPPED", _("stopped")
