"""The day from which the months of different patients are counted, so that their curves can be laid over each other."""

from enum import StrEnum


class Origin(StrEnum):
    """What the months are counted from; of several such days the latest, of diagnoses the first."""

    RELAPSE = "RELAPSE"  # the relapse date: that of the index sample
    CYCLE_1 = "CYCLE_1"  # day 1 of the first venetoclax cycle
    END_OF_TREATMENT = "END_OF_TREATMENT"
    DIAGNOSIS = "DIAGNOSIS"
