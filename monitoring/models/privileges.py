"""Which role may do what to which table: the table of truth, granted after every migration."""

READ = "SELECT"
ADD = "SELECT, INSERT"
CHANGE = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
NOTHING = ""

# table: (application role, worker role)
PRIVILEGES: dict[str, tuple[str, str]] = {
    "monitoring_user": (CHANGE, READ),
    "monitoring_user_groups": (READ, READ),
    "monitoring_user_user_permissions": (READ, READ),
    "monitoring_centre": (CHANGE, READ),
    "monitoring_membership": (CHANGE, READ),
    "monitoring_patient": (CHANGE, READ),
    "monitoring_carerelation": (CHANGE, READ),
    "app_care": (READ, READ),
    "app_care_of_new": (READ, READ),
    "monitoring_disease": (CHANGE, READ),
    "monitoring_mutationfinding": (ALL, READ),
    "monitoring_laboratory": (CHANGE, READ),
    "monitoring_assay": (CHANGE, READ),
    "monitoring_sample": (CHANGE, READ),
    "monitoring_samplecorrection": (CHANGE, READ),
    "monitoring_mrdseries": (CHANGE, READ),
    "monitoring_baseline": (ALL, READ),
    "monitoring_recomputerequest": (ALL, ALL),
    "monitoring_mrdresult": (CHANGE, READ),
    "monitoring_resultwell": (ALL, READ),
    "monitoring_resultcontributor": (READ, READ),
    "monitoring_qpcrrun": (CHANGE, READ),
    "monitoring_runreaction": (CHANGE, READ),
    "monitoring_runtarget": (ALL, READ),
    "monitoring_runsample": (CHANGE, READ),
    "monitoring_runlot": (ALL, READ),
    "monitoring_repeatrequest": (CHANGE, READ),
    "monitoring_reagentlot": (CHANGE, READ),
    "monitoring_qualitypoint": (ALL, READ),
    "monitoring_qualitytarget": (ADD, READ),
    "monitoring_externalround": (CHANGE, READ),
    "monitoring_externalsample": (ALL, READ),
    "monitoring_assaybridge": (CHANGE, READ),
    "monitoring_treatment": (ALL, READ),
    "monitoring_venetoclaxcycle": (ALL, READ),
    "monitoring_dosechange": (ALL, READ),
    "monitoring_adverseevent": (ALL, READ),
    "monitoring_transfusion": (ALL, READ),
    "monitoring_bloodcount": (ALL, READ),
    "monitoring_clinicalevent": (ALL, READ),
    "monitoring_storedverdict": (ALL, ALL),
    "monitoring_storedepisode": (ALL, ALL),
    "monitoring_storedfigure": (ALL, ALL),
    "monitoring_seriessummary": (ALL, ALL),
    "monitoring_alert": (CHANGE, CHANGE),
    "monitoring_alertchange": (ADD, ADD),
    "monitoring_alerttime": (ALL, READ),
    "monitoring_notificationpreference": (CHANGE, READ),
    "monitoring_webhookendpoint": (CHANGE, CHANGE),
    "monitoring_alerttotell": (READ, ALL),
    "monitoring_notification": (CHANGE, CHANGE),
    "monitoring_curvenote": (CHANGE, READ),
    "monitoring_savedview": (ALL, READ),
    "monitoring_calendarfeed": (CHANGE, READ),
    "monitoring_samplinginterval": (ALL, READ),
    "monitoring_apiclient": (CHANGE, READ),
    "monitoring_accesstoken": (ALL, READ),
    "monitoring_usedassertion": (ALL, READ),
    "monitoring_idempotencykey": (ALL, READ),
    "monitoring_cdscard": (ADD, READ),
    "monitoring_cdsfeedback": (ADD, READ),
    "monitoring_externalidentifier": (ADD, ADD),
    "monitoring_receivedresource": (ADD, ADD),
    "monitoring_senderprofile": (CHANGE, CHANGE),
    "monitoring_inboundmessage": (CHANGE, CHANGE),
    "monitoring_reportedresult": (CHANGE, CHANGE),
    "monitoring_alerttopublish": (READ, ALL),
    "monitoring_subscription": (ALL, CHANGE),
    "monitoring_subscriptionevent": (CHANGE, CHANGE),
    "monitoring_unknownsender": (CHANGE, CHANGE),
    "monitoring_interfaceaccess": (ADD, READ),
    "monitoring_launchissuer": (CHANGE, READ),
    "monitoring_launchattempt": (ALL, READ),
    "monitoring_launchperson": (CHANGE, READ),
    "monitoring_cohort": (CHANGE, READ),
    "monitoring_cohortversion": (ADD, READ),
    "monitoring_analysischange": (READ, ALL),
    "monitoring_analysisrow": (READ, ALL),
    "monitoring_cohortanswer": (CHANGE, ALL),
    "monitoring_cohortfile": (CHANGE, ALL),
    "monitoring_shadowrun": (CHANGE, CHANGE),
    "monitoring_shadowdifference": (ADD, ADD),
    "monitoring_signededition": (ADD, READ),
    "monitoring_auditentry": (ADD, ADD),
    "monitoring_auditseal": (READ, READ),
    "monitoring_rowhistory": (READ, READ),
    "monitoring_readentry": (ADD, ADD),
    "monitoring_loadedstudy": (ADD, READ),
    "axes_accessattempt": (ALL, READ),
    "axes_accessattemptexpiration": (ALL, READ),
    "axes_accessfailurelog": (ALL, READ),
    "axes_accesslog": (ALL, READ),
    "knox_authtoken": (ALL, NOTHING),
    "django_session": (ALL, NOTHING),
    "django_content_type": (READ, READ),
    "django_migrations": (READ, READ),
    "auth_group": (READ, NOTHING),
    "auth_group_permissions": (READ, NOTHING),
    "auth_permission": (READ, NOTHING),
}

# Tables without patients: everyone who is signed in may read them, within the privileges above.
WITHOUT_ROW_LEVEL_SECURITY = {name for name in PRIVILEGES if not name.startswith("monitoring_")} | {
    "monitoring_user",
    "monitoring_user_groups",
    "monitoring_user_user_permissions",
    "monitoring_centre",
    "monitoring_membership",
    "monitoring_laboratory",
    "monitoring_assay",
    "monitoring_auditseal",
    "monitoring_loadedstudy",
    "monitoring_signededition",
    "app_care",
    "app_care_of_new",
    # A machine proves who it is before any centre is known.
    "monitoring_apiclient",
    "monitoring_accesstoken",
    "monitoring_usedassertion",
    # A hospital record launches before anybody has signed in; a sender that nobody knows has no centre.
    "monitoring_launchissuer",
    "monitoring_launchattempt",
    "monitoring_launchperson",
    "monitoring_unknownsender",
}


def grants(application: str, worker: str) -> list[str]:
    """Return the statements that give each role exactly what the table says; run as the owner."""
    statements = []
    roles = [(application, 0)] + ([(worker, 1)] if worker != application else [])
    for role, column in roles:
        statements.append(f'GRANT USAGE ON SCHEMA public TO "{role}"')
        statements.append(f'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM "{role}"')
        statements.append(f'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
        statements += [
            f'GRANT {privileges[column]} ON "{table}" TO "{role}"'
            for table, privileges in PRIVILEGES.items()
            if privileges[column]
        ]
    return statements + (_worker_policies(worker) if worker != application else [])


def _worker_policies(worker: str) -> list[str]:
    """Let the worker's own role read every centre without a look at each row: it serves all of them."""
    statements = []
    for table in sorted(set(PRIVILEGES) - WITHOUT_ROW_LEVEL_SECURITY):
        statements.append(f'DROP POLICY IF EXISTS worker_sees_all ON "{table}"')
        statements.append(f'CREATE POLICY worker_sees_all ON "{table}" TO "{worker}" USING (true) WITH CHECK (true)')
    return statements
