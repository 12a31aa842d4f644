"""The statements of the published studies in words, by number; and the places and reasons that their files hold.

The reasons stand here to be found by whoever translates; a test keeps them the same as those of the files.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils.translation import gettext_noop, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

STATEMENTS: Mapping[str, "_StrPromise"] = {
    "tiong2020-001": pgettext_lazy("statement", "Patients"),
    "tiong2020-002": pgettext_lazy("statement", "Sizes of the cohorts"),
    "tiong2020-003": pgettext_lazy("statement", "Age range, years"),
    "tiong2020-004": pgettext_lazy("statement", "Median MRD before venetoclax, %"),
    "tiong2020-005": pgettext_lazy("statement", "Range of MRD before venetoclax, %"),
    "tiong2020-006": pgettext_lazy("statement", "DNMT3A mutated"),
    "tiong2020-007": pgettext_lazy("statement", "IDH2 mutated"),
    "tiong2020-008": pgettext_lazy("statement", "CR, MRD negative"),
    "tiong2020-009": pgettext_lazy("statement", "With LDAC, with azacitidine"),
    "tiong2020-010": pgettext_lazy("statement", "Cycles to CR with negative MRD"),
    "tiong2020-011": pgettext_lazy("statement", "Median follow-up, months"),
    "tiong2020-012": pgettext_lazy("statement", "Follow-up range, months"),
    "tiong2020-013": pgettext_lazy("statement", "Median RFS"),
    "tiong2020-014": pgettext_lazy("statement", "Transplanted"),
    "tiong2020-015": pgettext_lazy("statement", "Cycles given"),
    "tiong2020-016": pgettext_lazy("statement", "Age range, years"),
    "tiong2020-017": pgettext_lazy("statement", "Progression, relapse"),
    "tiong2020-018": pgettext_lazy("statement", "With LDAC, with azacitidine"),
    "tiong2020-019": pgettext_lazy("statement", "Median MRD before venetoclax, %"),
    "tiong2020-020": pgettext_lazy("statement", "Range of MRD before venetoclax, %"),
    "tiong2020-021": pgettext_lazy("statement", "CR, MRD negative, after one or two cycles"),
    "tiong2020-022": pgettext_lazy("statement", "Did not respond"),
    "tiong2020-023": pgettext_lazy("statement", "Log10 reduction of case 10, from 10.8569 to 2.4916 %"),
    "tiong2020-024": pgettext_lazy("statement", "HSCT while MRD negative"),
    "tiong2020-025": pgettext_lazy("statement", "Earlier MRD-directed treatment"),
    "tiong2020-026": pgettext_lazy("statement", "Median follow-up of the six responders, months"),
    "tiong2020-027": pgettext_lazy("statement", "Follow-up range of the six responders, months"),
    "tiong2020-028": pgettext_lazy("statement", "CR, MRD negative, all"),
    "tiong2020-029": pgettext_lazy("statement", "Median follow-up of the eleven responders, months"),
    "tiong2020-030": pgettext_lazy("statement", "Follow-up range of the eleven responders, months"),
    "tiong2020-031": pgettext_lazy("statement", "RFS of cohort 2 at 10.8 months"),
    "tiong2020-032": pgettext_lazy("statement", "Events of cohort 2"),
    "tiong2020-033": pgettext_lazy("statement", "Two elderly, unfit patients alive, months of follow-up"),
    "tiong2020-034": pgettext_lazy("statement", "Follow-up of cohort 1 without HSCT, months"),
    "tiong2020-035": pgettext_lazy("statement", "Prior high-dose cytarabine, GO, azacitidine, HSCT"),
    "tiong2020-036": pgettext_lazy("statement", "All: with LDAC, with azacitidine"),
    "tiong2020-037": pgettext_lazy("statement", "Dose reduction"),
    "tiong2020-038": pgettext_lazy("statement", "Febrile neutropenia"),
    "tiong2020-039": pgettext_lazy("statement", "Grade 4 neutropenia"),
    "tiong2020-040": pgettext_lazy("statement", "Grade 4 thrombocytopenia"),
    "tiong2020-041": pgettext_lazy("statement", "Non-haematological toxicity, grade 3 or more"),
    "tiong2020-042": pgettext_lazy("statement", "Grade 4 neutropenia, by regimen"),
    "tiong2020-043": pgettext_lazy("statement", "Grade 4 thrombocytopenia, by regimen"),
    "tiong2020-044": pgettext_lazy("statement", "Median duration of grade 4 neutropenia, thrombocytopenia"),
    "tiong2020-045": pgettext_lazy("statement", "Median sensitivity of the assay, and its range"),
    "tiong2020-046": pgettext_lazy("statement", "Definition of relapse"),
    "tiong2020-047": pgettext_lazy("statement", "Low positive: detectable more than 4 log below diagnosis"),
    "tiong2020-048": pgettext_lazy("statement", "Molecular response by the end of cycle 2"),
    "tiong2020-049": pgettext_lazy("statement", "Cohort 2, not beyond cycle 2: going on, HSCT after C1, after C2"),
    "tiong2020-050": pgettext_lazy("statement", "AML17, MRD negative after chemotherapy"),
    "tiong2020-051": pgettext_lazy("statement", "RELAZA2"),
    "filo2025-051": pgettext_lazy("statement", "Evaluated in blood"),
    "filo2025-052": pgettext_lazy("statement", "Evaluated in marrow"),
    "filo2025-053": pgettext_lazy("statement", "Marrow after one or two cycles: stable"),
    "filo2025-054": pgettext_lazy("statement", "Marrow after one or two cycles: reduction"),
    "filo2025-055": pgettext_lazy("statement", "Best first-line response CR MRD or CR MRD-LL"),
    "filo2025-056": pgettext_lazy("statement", "NPM1 with and without co-mutation, and CBF"),
    "filo2025-057": pgettext_lazy("statement", "Venetoclax up to 14 days, more, changed between cycles"),
    "filo2025-058": pgettext_lazy("statement", "Two cycles and more, and one cycle only"),
    "filo2025-059": pgettext_lazy("statement", "Days of venetoclax in cycle 1: 7, 14, 21, 28"),
    "filo2025-060": pgettext_lazy("statement", "First cycle as an outpatient"),
    "filo2025-061": pgettext_lazy("statement", "Posaconazole"),
    "filo2025-062": pgettext_lazy("statement", "G-CSF"),
    "filo2025-063": pgettext_lazy("statement", "Transfusions of red cells, of platelets"),
    "filo2025-064": pgettext_lazy("statement", "Neutropenia, grade 3 or 4"),
    "filo2025-065": pgettext_lazy("statement", "Febrile neutropenia"),
    "filo2025-066": pgettext_lazy("statement", "In haematological remission at last news"),
    "filo2025-067": pgettext_lazy("statement", "MRD negative at last news"),
    "filo2025-068": pgettext_lazy("statement", "In remission: transplanted and not transplanted together"),
    "filo2025-069": pgettext_lazy("statement", "MRD negative: transplanted and not transplanted together"),
    "filo2025-070": pgettext_lazy("statement", "Haematological relapses"),
    "filo2025-071": pgettext_lazy("statement", "Allogeneic HSCT"),
    "filo2025-072": pgettext_lazy("statement", "Transplanted and not transplanted"),
    "filo2025-073": pgettext_lazy("statement", "Response in blood before HSCT"),
    "filo2025-074": pgettext_lazy("statement", "Reduced-intensity conditioning"),
    "filo2025-075": pgettext_lazy("statement", "Transplanted and alive: in remission, MRD negative"),
    "filo2025-076": pgettext_lazy("statement", "Transplanted: alive, died in remission, died after relapse"),
    "filo2025-077": pgettext_lazy("statement", "Reasons for no transplant"),
    "filo2025-078": pgettext_lazy("statement", "Not transplanted: relapsed and in remission"),
    "filo2025-079": pgettext_lazy("statement", "Not transplanted, MRD negative"),
    "filo2025-080": pgettext_lazy("statement", "OS of all at 2 years, results and discussion"),
    "filo2025-081": pgettext_lazy("statement", "OS of all at 1 and 2 years"),
    "filo2025-082": pgettext_lazy("statement", "RFS of all at 1 and 2 years"),
    "filo2025-083": pgettext_lazy("statement", "RFS (MRD) of all at 1 and 2 years"),
    "filo2025-084": pgettext_lazy("statement", "OS of the transplanted at 1 and 2 years"),
    "filo2025-085": pgettext_lazy("statement", "RFS of the transplanted at 1 and 2 years"),
    "filo2025-086": pgettext_lazy("statement", "RFS (MRD) of the transplanted at 1 and 2 years"),
    "filo2025-087": pgettext_lazy("statement", "OS without transplant at 1 and 2 years"),
    "filo2025-088": pgettext_lazy("statement", "RFS without transplant at 1 and 2 years; median, months"),
    "filo2025-089": pgettext_lazy("statement", "RFS (MRD) without transplant at 1 and 2 years; median, months"),
    "filo2025-090": pgettext_lazy("statement", "Median follow-up of all, months"),
    "filo2025-091": pgettext_lazy("statement", "Median follow-up of the transplanted, months"),
    "filo2025-092": pgettext_lazy("statement", "Median follow-up without transplant, months"),
    "filo2025-093": pgettext_lazy("statement", "Diagnosis to molecular relapse, months"),
    "filo2025-094": pgettext_lazy("statement", "Molecular relapse to first venetoclax, days"),
    "filo2025-095": pgettext_lazy("statement", "Cycles given"),
    "filo2025-096": pgettext_lazy("statement", "Molecular relapse to HSCT; first venetoclax to HSCT, days"),
    "filo2025-097": pgettext_lazy("statement", "OS at 2 years of both groups weighted by size"),
    "filo2025-098": pgettext_lazy("statement", "OS at 1 year of both groups weighted by size"),
    "filo2025-099": pgettext_lazy("statement", "Rule of response"),
    "filo2025-100": pgettext_lazy("statement", "Molecular relapse confirmed by a second sample, dated by the first"),
    "filo2025-101": pgettext_lazy("statement", "Endpoints OS, RFS and RFS (MRD)"),
    "filo2025-102": pgettext_lazy(
        "statement", "Inclusion: 18 years or more, first CR, MRD-LL below 2 %, no HSCT before, at least one cycle"
    ),
    "filo2025-103": pgettext_lazy("statement", "VALDAC: patients, and MRD negative of 20"),
    "filo2025-104": pgettext_lazy("statement", "Jimenez-Chillon: MRD response"),
}
PLACES = (
    gettext_noop("Summary/Methods"),
    gettext_noop("Summary"),
    gettext_noop("Results, cohort 1"),
    gettext_noop("Results, cohort 2"),
    gettext_noop("derived"),
    gettext_noop("Discussion"),
    gettext_noop("Tolerability"),
    gettext_noop("Methods"),
    gettext_noop("Fig S1"),
    gettext_noop("Introduction"),
    gettext_noop("Table 1"),
    gettext_noop("text"),
    gettext_noop("text vs discussion"),
    gettext_noop("Inclusion"),
)
REASONS = (
    gettext_noop("Values by cycle stand only in Figure 1."),
    gettext_noop("Reverse Kaplan-Meier; the plain median is the same, there were no events."),
    gettext_noop("Kaplan-Meier from the first day of venetoclax; the paper does not name the start."),
    gettext_noop("Cycles that were going on are printed with a plus."),
    gettext_noop("The youngest in Table I is 29 (case 8); nobody is 25."),
    gettext_noop("Table I does not say which case was which; the constructed timeline makes all seven relapses."),
    gettext_noop("The middle of the seven sorted values is 0.0206 (case 8); 0.0208 stands nowhere in the table."),
    gettext_noop("Less than 1 log: stable by the response rule of FILO 2025."),
    gettext_noop("The plain median is 8.35; of the five alive it is 10.8 as well."),
    gettext_noop("The longest in Table I is 12.4 (case 9); 13.1 stands nowhere in it."),
    gettext_noop("The plain median is 11.7, of the ten alive 11.75."),
    gettext_noop("Rounded in the text: 5.9 and 11.8 months."),
    gettext_noop("By name HiDAC was given to 2; IDAC and FLAG-Ida have to count for 6."),
    gettext_noop("The count needs Table SI; the percentage follows from it."),
    gettext_noop("The counts need Table SI; their sum agrees with 8 of 12."),
    gettext_noop("The counts need Table SI; their sum agrees with 5 of 12."),
    gettext_noop("Needs Table SI, by patient."),
    gettext_noop("Needs the sensitivity of each sample."),
    gettext_noop("Rule set Tiong 2020."),
    gettext_noop("Depth below diagnosis; exactly 4 log is taken as low positive."),
    gettext_noop(
        "Needs Figure S1. CR with negative MRD by cycle 2 is 9 of 12 (75\u00a0%) by the text: 92\u00a0% counts low "
        "positives."
    ),
    gettext_noop("Table I prints case 8 as going on after 2 cycles or more, Figure S1 as going on after cycle 1."),
    gettext_noop("Arithmetic on the printed counts of another study."),
    gettext_noop("20 of 44 is 45.45\u00a0%; the percentages of the column were probably made to add up to 100."),
    gettext_noop("14 of 33 is 42.42\u00a0%; the percentages of the column were probably made to add up to 100."),
    gettext_noop("2 of 16 is 12.5\u00a0%; the same column prints it once as 12\u00a0% and once as 13\u00a0%."),
    gettext_noop(
        "The text prints 5 (11\u00a0%), Table 1 9 (20\u00a0%); only 9 adds up to 44. The cohort follows Table 1."
    ),
    gettext_noop("20 of 44 is 45.45\u00a0%."),
    gettext_noop(
        "The counts add up to 69 of 70. One patient has no days recorded; 15 and 22 of 70 are 21.4\u00a0% and "
        "31.4\u00a0%, of 69 21.7\u00a0% and 31.9\u00a0%."
    ),
    gettext_noop("The paper prints no count; 54 of 70 are constructed."),
    gettext_noop("Of 70 it would be 40\u00a0%; that it is recorded in 67 is constructed."),
    gettext_noop("Of 70 it would be 51\u00a0%; that one patient has no counts is constructed."),
    gettext_noop(
        "46 + 7 = 53. The cohort has 58 in remission at last news: these 53, the four who died in remission, and "
        "one in second remission."
    ),
    gettext_noop(
        "41 + 6 = 47. The cohort has 52: these 47, the four who died in remission, and one in second remission."
    ),
    gettext_noop("6 of 16 is 37.5\u00a0%; 44\u00a0% is 7 of 16, 86\u00a0% is 6 of 7."),
    gettext_noop(
        "Kaplan-Meier from the molecular relapse. Results and discussion disagree; the cohort was constructed to "
        "the results."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Kaplan-Meier from the molecular relapse."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Kaplan-Meier from the molecular relapse, in the naive split by transplant of the paper: whoever was "
        "transplanted lived until then."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Plain median and quartiles of the months from molecular relapse to death or last contact, the dead "
        "included. The paper names no method; quartiles such as 14.25 are those of plain numbers. Cohorts use "
        "reverse Kaplan-Meier."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Plain median and quartiles of the months from molecular relapse to death or last contact, the dead "
        "included, in the naive split by transplant of the paper. Cohorts use reverse Kaplan-Meier."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Plain median, quartiles and range of all, by linear interpolation."
    ),
    gettext_noop(
        "Data of single patients are not published; the cohort was constructed to lie within the printed figure. "
        "Plain median and quartiles of the transplanted, by linear interpolation."
    ),
    gettext_noop("Kaplan-Meier of both groups of the naive split, weighted by their size."),
    gettext_noop("The response rule of every cohort: a change of exactly 1 log counts as one."),
    gettext_noop("Rule sets ELN 2021 and ELN 2022; the relapse date is that of the first sample."),
    gettext_noop("Endpoints OS, RFS and RFS (MRD)."),
    gettext_noop("Criteria of a cohort."),
    gettext_noop("reverse Kaplan-Meier"),
    gettext_noop("IDAC and FLAG-Ida counted as high-dose cytarabine"),
    gettext_noop("case 8 taken as going on, whatever the cycle"),
    gettext_noop("halves rounded to the even number"),
    gettext_noop("of those in whom it is recorded"),
    gettext_noop("of those with counts"),
)
