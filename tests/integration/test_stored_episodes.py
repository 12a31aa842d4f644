"""Stored episodes name results without a foreign key: each is one of its series, and none is deleted (ADR 0013)."""

from datetime import date

import pytest
from django.db import connections
from django.db.utils import DatabaseError

from monitoring import scope
from monitoring.actions import bulk_recompute
from monitoring.actions.bulk_recompute import BulkOrder
from monitoring.models import MrdResult, StoredEpisode
from monitoring.studies import synthetic_loading
from monitoring.studies.synthetic_loading import Wish
from tests.world import NOW, World, detected


@pytest.mark.django_db
def test_every_episode_names_results_of_its_series() -> None:
    synthetic_loading.load(Wish(patients=60, seed=7, mean=20), today=date(2026, 11, 20), now=NOW, tell=lambda _: None)
    bulk_recompute.recompute_shard(BulkOrder(0, 1), now=NOW)
    scope.enter_all_centres()
    results = {each.pk: each for each in MrdResult.objects.filter(state="AUTHORISED")}
    episodes = list(StoredEpisode.objects.all())
    confirmed = [each for each in episodes if each.confirming_result_id is not None]
    assert len({each.ruleset for each in confirmed}) == 4
    for each in episodes:
        index = results[each.index_result_id]
        assert (index.series_id, index.tissue, index.collected_on) == (each.series_id, each.tissue, each.relapse_on)
    for each in confirmed:
        assert each.confirming_result_id is not None
        by = results[each.confirming_result_id]
        assert (by.series_id, by.collected_on) == (each.series_id, each.confirmed_on)


def test_nobody_deletes_a_result_not_even_the_owner(committed: World) -> None:
    result = committed.authorised(committed.patient(), date(2026, 7, 1), detected("0.02"))
    with connections["owner"].cursor() as cursor, pytest.raises(DatabaseError, match="monitoring_mrdresult"):
        cursor.execute("DELETE FROM monitoring_mrdresult WHERE id = %s", [result.pk])
    committed.as_person(committed.clinician)
    assert MrdResult.objects.filter(pk=result.pk).exists()
