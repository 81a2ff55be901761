-- One event of every kind of the ledger, written by the product at commit a0ce782, before kinds became rooms.
BEGIN TRANSACTION;
CREATE TABLE access_entry (
	seq INTEGER NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	user VARCHAR(120) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	action VARCHAR(40) NOT NULL, 
	study_key VARCHAR(36), 
	patient_key VARCHAR(36), 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_access_entry PRIMARY KEY (seq)
);
CREATE TABLE account (
	id INTEGER NOT NULL, 
	email VARCHAR(255) NOT NULL, 
	username VARCHAR(255), 
	password VARCHAR(255), 
	active BOOLEAN NOT NULL, 
	fs_uniquifier VARCHAR(64) NOT NULL, 
	confirmed_at DATETIME, 
	last_login_at DATETIME, 
	current_login_at DATETIME, 
	last_login_ip VARCHAR(64), 
	current_login_ip VARCHAR(64), 
	login_count INTEGER, 
	tf_primary_method VARCHAR(64), 
	tf_totp_secret VARCHAR(255), 
	tf_phone_number VARCHAR(128), 
	us_totp_secrets TEXT, 
	us_phone_number VARCHAR(128), 
	fs_webauthn_user_handle VARCHAR(64), 
	mf_recovery_codes TEXT, 
	create_datetime DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, 
	update_datetime DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, 
	CONSTRAINT pk_account PRIMARY KEY (id), 
	CONSTRAINT uq_account_email UNIQUE (email), 
	CONSTRAINT uq_account_fs_uniquifier UNIQUE (fs_uniquifier), 
	CONSTRAINT uq_account_fs_webauthn_user_handle UNIQUE (fs_webauthn_user_handle), 
	CONSTRAINT uq_account_us_phone_number UNIQUE (us_phone_number), 
	CONSTRAINT uq_account_username UNIQUE (username)
);
CREATE TABLE account_passkey (
	user_id INTEGER NOT NULL, 
	id INTEGER NOT NULL, 
	credential_id BLOB NOT NULL, 
	public_key BLOB NOT NULL, 
	sign_count INTEGER, 
	transports TEXT, 
	backup_state BOOLEAN NOT NULL, 
	device_type VARCHAR(64) NOT NULL, 
	extensions VARCHAR(255), 
	create_datetime DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, 
	lastuse_datetime DATETIME NOT NULL, 
	name VARCHAR(64) NOT NULL, 
	usage VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_account_passkey PRIMARY KEY (id), 
	CONSTRAINT fk_account_passkey_user_id FOREIGN KEY(user_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE TABLE account_role (
	id INTEGER NOT NULL, 
	name VARCHAR(80) NOT NULL, 
	description VARCHAR(255), 
	permissions TEXT, 
	update_datetime DATETIME DEFAULT (CURRENT_TIMESTAMP) NOT NULL, 
	CONSTRAINT pk_account_role PRIMARY KEY (id), 
	CONSTRAINT uq_account_role_name UNIQUE (name)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE approval (
	"key" VARCHAR(80) NOT NULL, 
	kind VARCHAR(30) NOT NULL, 
	title VARCHAR(300) NOT NULL, 
	details TEXT NOT NULL, 
	valid_from VARCHAR(10), 
	valid_to VARCHAR(10), 
	closed BOOLEAN NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	updated_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_approval PRIMARY KEY ("key")
);
CREATE TABLE ask (
	id VARCHAR(36) NOT NULL, 
	opened_at VARCHAR(27) NOT NULL, 
	decision VARCHAR(36) NOT NULL, 
	requested_by VARCHAR(120) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	recipient VARCHAR(80) NOT NULL, 
	studies TEXT NOT NULL, 
	whom TEXT NOT NULL, 
	reasons TEXT NOT NULL, 
	reason_given TEXT NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	closed_at VARCHAR(27), 
	closed_by VARCHAR(120), 
	outcome VARCHAR(12), 
	note TEXT NOT NULL, 
	CONSTRAINT pk_ask PRIMARY KEY (id)
);
CREATE TABLE decision (
	id VARCHAR(36) NOT NULL, 
	decided_at VARCHAR(27) NOT NULL, 
	intent VARCHAR(12) NOT NULL, 
	job VARCHAR(64), 
	user VARCHAR(120) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	recipient VARCHAR(80) NOT NULL, 
	outcome VARCHAR(6) NOT NULL, 
	profile VARCHAR(2), 
	policy_version VARCHAR(60) NOT NULL, 
	request_digest VARCHAR(64) NOT NULL, 
	request TEXT NOT NULL, 
	subjects TEXT NOT NULL, 
	answer TEXT NOT NULL, 
	CONSTRAINT pk_decision PRIMARY KEY (id)
);
CREATE TABLE disclosure (
	id VARCHAR(36) NOT NULL, 
	"key" VARCHAR(200) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	kind VARCHAR(12) NOT NULL, 
	job VARCHAR(64), 
	decision VARCHAR(36), 
	recorded_at VARCHAR(27) NOT NULL, 
	seq INTEGER NOT NULL, 
	CONSTRAINT pk_disclosure PRIMARY KEY (id), 
	CONSTRAINT uq_disclosure_key UNIQUE ("key")
);
CREATE TABLE ledger_event (
	seq INTEGER NOT NULL, 
	id VARCHAR(36) NOT NULL, 
	prev_hash VARCHAR(64) NOT NULL, 
	hash VARCHAR(64) NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	effective_at VARCHAR(27) NOT NULL, 
	recorded_by VARCHAR(120) NOT NULL, 
	type VARCHAR(30) NOT NULL, 
	patient_key VARCHAR(36) NOT NULL, 
	scope TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	supersedes VARCHAR(36), 
	study_uid VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_ledger_event PRIMARY KEY (seq), 
	CONSTRAINT uq_ledger_event_hash UNIQUE (hash), 
	CONSTRAINT uq_ledger_event_id UNIQUE (id), 
	CONSTRAINT uq_ledger_event_prev_hash UNIQUE (prev_hash)
);
INSERT INTO "ledger_event" VALUES(1,'94caf2fc-b279-420c-a753-6e98a321ee2e','0000000000000000000000000000000000000000000000000000000000000000','f9803e1b1540ab9a15872888fe72360da082d9a46aa52406fa40da7fe29ad3fc','2026-11-30T08:18:47.556926Z','2024-03-12T00:00:00.000000Z','medical-illustration','GIVEN','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"accessible_format":"large print","briefed_by":"B. Rief","capacity":{"answer":"yes","assessor":"Dr C"},"conditions":{"commercial":true,"commercial_confidentiality":"No name","commercial_data":"CT of the chest","duo":["DUO:0000006"],"ethics_reference":"24/LO/0001","genomic":true,"named_publication":"Journal of Examples","purposes":["research"],"research_project":"proj-1","text":"Not in colour"},"discussed_on":"2024-03-12","explained_by":"Nurse E","form_version":"3","grantor":{"evidence":"","kind":"patient","name":""},"interpreter":"I. Preter","language":"cy","leaflet_version":"2","levels":{"internet":"not chosen","print":"declined","teaching":"accepted"},"making_consent":"explicit","manner":"written","reason":"","recorder":"medical-illustration","requesting_clinician":"Dr Who Asked","review_age":18,"scan_sha256":"","valid_from":"2024-03-12","valid_to":"2025-03-12","witness":"W. Itness"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(2,'a115e83e-3df8-449f-bbd9-09740eb34fab','f9803e1b1540ab9a15872888fe72360da082d9a46aa52406fa40da7fe29ad3fc','1de9e40f3ef9c66b651433e695606f515f14910412d4d05b662828a832e3db47','2026-11-30T08:18:47.564516Z','2024-03-12T00:00:00.000000Z','medical-illustration','AMENDED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"accessible_format":"large print","briefed_by":"B. Rief","capacity":{"answer":"yes","assessor":"Dr C"},"conditions":{"commercial":true,"commercial_confidentiality":"No name","commercial_data":"CT of the chest","duo":["DUO:0000006"],"ethics_reference":"24/LO/0001","genomic":true,"named_publication":"Journal of Examples","purposes":["research"],"research_project":"proj-1","text":"Not in colour"},"discussed_on":"2024-03-12","explained_by":"Nurse E","form_version":"3","grantor":{"evidence":"","kind":"patient","name":""},"interpreter":"I. Preter","language":"cy","leaflet_version":"2","levels":{"print":"accepted"},"making_consent":"explicit","manner":"written","reason":"asked again","recorder":"medical-illustration","requesting_clinician":"Dr Who Asked","review_age":18,"scan_sha256":"","valid_from":"2024-03-12","valid_to":null,"witness":"W. Itness"}','94caf2fc-b279-420c-a753-6e98a321ee2e','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(3,'c67e8bc8-c8ad-4e62-8f71-a4b580fb6d41','1de9e40f3ef9c66b651433e695606f515f14910412d4d05b662828a832e3db47','36ea01fd3bd8fd9eb957c8ae880048c3a683de5fb40ec723774d152ff0ba012d','2026-11-30T08:18:47.565766Z','2024-03-31T23:00:00.000000Z','medical-illustration','REFUSED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"grantor":{"evidence":"","kind":"patient","name":""},"levels":["teaching","print","internet"],"reason":"No lectures","requesting_clinician":"Dr Who Asked"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(4,'cf28aa38-6be7-40db-8ee0-6c2bb7a10afd','36ea01fd3bd8fd9eb957c8ae880048c3a683de5fb40ec723774d152ff0ba012d','bb244afaa5b5a23cf44062546cdd58c93dca9a1e042ff62df45af519963521cb','2026-11-30T08:18:47.568170Z','2026-11-30T08:18:47.567283Z','clinician','WITHDRAWN','1c76ff98-a3e5-498f-969c-11938bea6e77','{"kind":"patient"}','{"grantor":{"evidence":"","kind":"patient","name":""},"levels":["internet"],"reason":"Changed my mind","received":"by telephone"}',NULL,'');
INSERT INTO "ledger_event" VALUES(5,'b52bfd40-519e-4d8f-b8b6-0c36135cc7d5','bb244afaa5b5a23cf44062546cdd58c93dca9a1e042ff62df45af519963521cb','a92a80b5629505cd2bddc637d0b5b639b24ee66387c7d8ea20f7788695dff77b','2026-11-30T08:18:47.570005Z','2025-03-13T00:00:00.000000Z','system','EXPIRED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"ended_on":"2025-03-12"}','94caf2fc-b279-420c-a753-6e98a321ee2e','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(6,'ac533952-241f-44c5-a0fe-34ea788871b7','a92a80b5629505cd2bddc637d0b5b639b24ee66387c7d8ea20f7788695dff77b','9db0d073b891edc466ca6602b1c8e8b7c394f708f6fc68bdfa530b7ad6592bba','2026-11-30T08:18:47.570464Z','2026-11-30T08:18:47.570235Z','clinician','REVIEWED_AT_MATURITY','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"note":"asked alone","outcome":"varied","reviewed_by":"Dr M"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(7,'c82cd00f-ce53-47af-9899-d711638b2e33','9db0d073b891edc466ca6602b1c8e8b7c394f708f6fc68bdfa530b7ad6592bba','af9944e142fcc27dc5662ab17b9c5bcf6b36ebe0084b2833f9edcdc5a73cbe9a','2026-11-30T08:18:47.570893Z','2026-11-30T08:18:47.570673Z','clinician','CAPACITY_ASSESSED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"capacity":{"answer":"no","assessor":"Dr C"},"decision":"photographs"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(8,'0c5d1cd1-9789-4965-8f82-0fe412433110','af9944e142fcc27dc5662ab17b9c5bcf6b36ebe0084b2833f9edcdc5a73cbe9a','a956b16351c0a35f4592b9e35ed8be1e98b8668bf66dcc67d08637a266c6dc22','2026-11-30T08:18:47.572179Z','2026-11-30T08:18:47.571933Z','medical-illustration','INVALIDATED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"reason":"wrong patient"}','c82cd00f-ce53-47af-9899-d711638b2e33','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(9,'a013c542-19aa-4767-bbe2-c9ab6855d6ca','a956b16351c0a35f4592b9e35ed8be1e98b8668bf66dcc67d08637a266c6dc22','8e6d1969d006d02f36509c6120bb85e26837c2534de95e7d6748b3a1a94cd1f3','2026-11-30T08:18:47.572757Z','2026-11-30T08:18:47.572526Z','medical-illustration','REPRESENTATIVE_ADDED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"evidence":"LPA seen, registered","kind":"lasting-power-of-attorney","name":"R. Attorney"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(10,'3dff45f5-0d20-41fd-a4ec-9f4b3b73369f','8e6d1969d006d02f36509c6120bb85e26837c2534de95e7d6748b3a1a94cd1f3','fcab91cd48c110323ac6913f07a499c7cb0da02c8f5874086e586d40aec82d76','2026-11-30T08:18:47.573157Z','2026-11-30T08:18:47.572947Z','medical-illustration','REPRESENTATIVE_REMOVED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"evidence":"revoked","kind":"lasting-power-of-attorney","name":"R. Attorney"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(11,'adddea50-271e-4413-961b-08ef8df3995d','fcab91cd48c110323ac6913f07a499c7cb0da02c8f5874086e586d40aec82d76','890fb3e8da458c4ff45a8505592724bb4cf43299e7ef286f1b7536d8d26d2f03','2026-11-30T08:18:47.573703Z','2026-11-30T08:18:47.573402Z','clinician','DECEASED_NOTED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"date_of_death":"2025-01-02","known_wishes":"Teaching only"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(12,'e1e8fd2c-2717-480e-b8e3-c713d90c59d1','890fb3e8da458c4ff45a8505592724bb4cf43299e7ef286f1b7536d8d26d2f03','a95910830d2c35989caeb0c48fd5dc8ace70a3fa2e74e93797b058955c9e9beb','2026-11-30T08:18:47.574525Z','2026-11-30T08:18:47.574307Z','medical-illustration','FORM_ATTACHED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"form_version":"3","pages":2,"scan_sha256":"abababababababababababababababababababababababababababababababab"}','94caf2fc-b279-420c-a753-6e98a321ee2e','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(13,'3b6f2eac-d00a-4e64-99dc-fe400cf0b83a','a95910830d2c35989caeb0c48fd5dc8ace70a3fa2e74e93797b058955c9e9beb','6d0e10bbf56e1246cf27730509033dcfc1486a8d19c273a0054740e3cbe9147e','2026-11-30T08:18:47.575258Z','2026-11-30T08:18:47.575046Z','medical-illustration','RECEIPT_ISSUED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"format":"pdf","given_to":"the patient"}','94caf2fc-b279-420c-a753-6e98a321ee2e','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(14,'d4890ec6-bd94-486d-922d-3b0ddd6931f3','6d0e10bbf56e1246cf27730509033dcfc1486a8d19c273a0054740e3cbe9147e','9b74a7ee8986839f24933849c3e92bc283d0fcf1098e2f1a85b72b165e1aee5e','2026-11-30T08:18:47.576449Z','2026-11-30T08:18:47.575450Z','clinician','OBJECTION','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"grantor":{"evidence":"","kind":"patient","name":""},"kind":"erasure-request","levels":["teaching","print","internet"],"reason":"Delete it"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(15,'f5b387a9-9095-47f5-87fe-7443a52990ce','9b74a7ee8986839f24933849c3e92bc283d0fcf1098e2f1a85b72b165e1aee5e','f4b72d9bbd15b4d9564b0b3cbbb4d362291cece87b51087c1cdade51d318afed','2026-11-30T08:18:47.580906Z','2026-11-30T08:18:47.580670Z','clinician','EXPLAINED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"explained_by":"Radiographer","leaflet_version":"2","practicable":true}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(16,'c111b7d4-943c-4f5c-9050-999382c532f1','f4b72d9bbd15b4d9564b0b3cbbb4d362291cece87b51087c1cdade51d318afed','1d30545c6d7913ab863df62f2e4e11252d54e7fe9c842021aa5d0baa6248bb5c','2026-11-30T08:18:47.587701Z','2026-11-30T08:18:47.581138Z','engine','RELEASED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"basis":["row 5","R35"],"decision":"decision-1","disclosure":"d-1","engines":[{"name":"aoa","version":"0.1.0"}],"excluded":1,"format":"dicom-zip","job":"job-1","key":"key-d-1","level_needed":"teaching","package_sha256":"0000000000000000000000000000000000000000000000000000000000000000","profile":"D3","purpose":"teaching","quarantined":0,"reason":"Monday teaching","recipient":"self","released":3,"role":"clinician","sender":"clinician"}',NULL,'1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(17,'be5469f5-2b51-4298-a86d-ceaeb21089c3','1d30545c6d7913ab863df62f2e4e11252d54e7fe9c842021aa5d0baa6248bb5c','8e4026be9fc338d4b6f1150faa6f60f7f4bea3532e6fc58fe5705439a15ac903','2026-11-30T08:18:47.588502Z','2026-11-30T08:18:47.588117Z','clinician','RECALL_SENT','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"by":"clinician","note":"wrote"}','c111b7d4-943c-4f5c-9050-999382c532f1','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(18,'660fe124-49f1-4e64-9a1c-dac82c9e81da','8e4026be9fc338d4b6f1150faa6f60f7f4bea3532e6fc58fe5705439a15ac903','be924aca9e4e998f619e49ab5082b3a92a21c8299c703fbd10dcea13027a74f0','2026-11-30T08:18:47.589062Z','2026-11-30T08:18:47.588768Z','clinician','RECALL_CONFIRMED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"by":"clinician","note":"deleted"}','c111b7d4-943c-4f5c-9050-999382c532f1','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(19,'6c510fd4-165e-4fd4-816d-6ba5246b8cd5','be924aca9e4e998f619e49ab5082b3a92a21c8299c703fbd10dcea13027a74f0','a3c8bf97007b7a6fa0f4abb52a8b0d2e903473053983f22afa244bd1ad13c1bb','2026-11-30T08:18:47.594418Z','2026-11-30T08:18:47.594093Z','clinician','PUBLISHED','1c76ff98-a3e5-498f-969c-11938bea6e77','{"accession":"ACC-1","kind":"study","study_uid":"1.2.826.0.1.3680043.2.1143.77"}','{"told_on":"2025-02-03","where":"Journal of Examples"}','c111b7d4-943c-4f5c-9050-999382c532f1','1.2.826.0.1.3680043.2.1143.77');
INSERT INTO "ledger_event" VALUES(20,'caf353ad-92ee-4eba-9bb2-b243da7ed757','a3c8bf97007b7a6fa0f4abb52a8b0d2e903473053983f22afa244bd1ad13c1bb','9b6086cb4c446840499237da140baed14b0d0266727b163c595dae062ecb54e6','2026-11-30T08:18:47.596602Z','2026-11-30T08:18:47.596326Z','caldicott-guardian','POLICY_SIGNED','','{"kind":"patient"}','{"note":"reviewed","policy_version":"1","switches":["not_chosen_para10_permitted"]}',NULL,'');
INSERT INTO "ledger_event" VALUES(21,'de61df45-5dc7-4e98-9bde-b13c35cb7026','9b6086cb4c446840499237da140baed14b0d0266727b163c595dae062ecb54e6','47bf0a553ece77741b3b3779609b3b67086890a583c916f0f868606e33e605ac','2026-11-30T08:18:47.597083Z','2026-11-30T08:18:47.596850Z','department-admin','NOTICE_STEP','','{"kind":"patient"}','{"errors":2,"fingerprint":"ff","reason":"set aside","state":"draft","version":1}',NULL,'');
CREATE TABLE notice_display (
	id INTEGER NOT NULL, 
	place VARCHAR(200) NOT NULL, 
	kind VARCHAR(30) NOT NULL, 
	paper VARCHAR(12) NOT NULL, 
	language VARCHAR(12) NOT NULL, 
	version INTEGER NOT NULL, 
	since VARCHAR(10) NOT NULL, 
	review_by VARCHAR(10) NOT NULL, 
	large_print BOOLEAN NOT NULL, 
	easy_read BOOLEAN NOT NULL, 
	photograph VARCHAR(64), 
	taken_down VARCHAR(10), 
	updated_at VARCHAR(27) NOT NULL, 
	updated_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_notice_display PRIMARY KEY (id), 
	CONSTRAINT fk_notice_display_photograph FOREIGN KEY(photograph) REFERENCES notice_photograph (digest)
);
CREATE TABLE notice_page (
	version INTEGER NOT NULL, 
	language VARCHAR(12) NOT NULL, 
	html TEXT NOT NULL, 
	css TEXT NOT NULL, 
	CONSTRAINT pk_notice_page PRIMARY KEY (version, language), 
	CONSTRAINT fk_notice_page_version FOREIGN KEY(version) REFERENCES notice_version (number)
);
CREATE TABLE notice_photograph (
	digest VARCHAR(64) NOT NULL, 
	jpeg BLOB NOT NULL, 
	CONSTRAINT pk_notice_photograph PRIMARY KEY (digest)
);
CREATE TABLE notice_settings (
	id INTEGER NOT NULL, 
	saved_at VARCHAR(27) NOT NULL, 
	saved_by VARCHAR(120) NOT NULL, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_notice_settings PRIMARY KEY (id)
);
CREATE TABLE notice_step (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	user VARCHAR(120) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	reason TEXT NOT NULL, 
	findings TEXT NOT NULL, 
	CONSTRAINT pk_notice_step PRIMARY KEY (id), 
	CONSTRAINT fk_notice_step_version FOREIGN KEY(version) REFERENCES notice_version (number)
);
CREATE TABLE notice_trial (
	id VARCHAR(36) NOT NULL, 
	made_at VARCHAR(27) NOT NULL, 
	made_by VARCHAR(120) NOT NULL, 
	data TEXT NOT NULL, 
	CONSTRAINT pk_notice_trial PRIMARY KEY (id)
);
CREATE TABLE notice_version (
	number INTEGER NOT NULL, 
	settings TEXT NOT NULL, 
	languages TEXT NOT NULL, 
	fingerprint VARCHAR(64) NOT NULL, 
	CONSTRAINT pk_notice_version PRIMARY KEY (number)
);
CREATE TABLE patient (
	"key" VARCHAR(36) NOT NULL, 
	birth_date VARCHAR(10) NOT NULL, 
	CONSTRAINT pk_patient PRIMARY KEY ("key")
);
INSERT INTO "patient" VALUES('1c76ff98-a3e5-498f-969c-11938bea6e77','19700517');
CREATE TABLE patient_identifier (
	id INTEGER NOT NULL, 
	value VARCHAR(64) NOT NULL, 
	issuer VARCHAR(64) NOT NULL, 
	patient_key VARCHAR(36) NOT NULL, 
	CONSTRAINT pk_patient_identifier PRIMARY KEY (id), 
	CONSTRAINT fk_patient_identifier_patient_key FOREIGN KEY(patient_key) REFERENCES patient ("key"), 
	CONSTRAINT uq_patient_identifier_value UNIQUE (value, issuer)
);
INSERT INTO "patient_identifier" VALUES(1,'HOSP-77','','1c76ff98-a3e5-498f-969c-11938bea6e77');
CREATE TABLE recall (
	id VARCHAR(36) NOT NULL, 
	opened_at VARCHAR(27) NOT NULL, 
	released_event VARCHAR(36) NOT NULL, 
	withdrawn_event VARCHAR(36) NOT NULL, 
	disclosure VARCHAR(36) NOT NULL, 
	job VARCHAR(64), 
	patient_key VARCHAR(36) NOT NULL, 
	study_uid VARCHAR(64) NOT NULL, 
	recipient VARCHAR(80) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	status VARCHAR(20) NOT NULL, 
	updated_at VARCHAR(27), 
	updated_by VARCHAR(120), 
	note TEXT NOT NULL, 
	CONSTRAINT pk_recall PRIMARY KEY (id), 
	CONSTRAINT uq_recall_released_event UNIQUE (released_event, withdrawn_event)
);
CREATE TABLE recipient (
	"key" VARCHAR(80) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	kind VARCHAR(30) NOT NULL, 
	contract_reference VARCHAR(200) NOT NULL, 
	contract_start VARCHAR(10), 
	contract_end VARCHAR(10), 
	steward VARCHAR(200) NOT NULL, 
	named_people TEXT NOT NULL, 
	evidence TEXT NOT NULL, 
	secure_environment BOOLEAN NOT NULL, 
	audited_on VARCHAR(10), 
	data_flow TEXT NOT NULL, 
	anonymisation_process TEXT NOT NULL, 
	archiving TEXT NOT NULL, 
	responsible_professional VARCHAR(200) NOT NULL, 
	keep_until_days INTEGER, 
	conditions_of_use TEXT NOT NULL, 
	closed BOOLEAN NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	updated_by VARCHAR(120) NOT NULL, 
	CONSTRAINT pk_recipient PRIMARY KEY ("key")
);
CREATE TABLE review (
	id VARCHAR(36) NOT NULL, 
	opened_at VARCHAR(27) NOT NULL, 
	job VARCHAR(64) NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	decision VARCHAR(36) NOT NULL, 
	requested_by VARCHAR(120) NOT NULL, 
	role VARCHAR(40) NOT NULL, 
	purpose VARCHAR(40) NOT NULL, 
	recipient VARCHAR(80) NOT NULL, 
	studies TEXT NOT NULL, 
	reason_given TEXT NOT NULL, 
	status VARCHAR(12) NOT NULL, 
	reviewed_at VARCHAR(27), 
	reviewed_by VARCHAR(120), 
	note TEXT NOT NULL, 
	CONSTRAINT pk_review PRIMARY KEY (id), 
	CONSTRAINT uq_review_job UNIQUE (job, digest)
);
CREATE TABLE roles_users (
	user_id INTEGER NOT NULL, 
	role_id INTEGER NOT NULL, 
	CONSTRAINT pk_roles_users PRIMARY KEY (user_id, role_id), 
	CONSTRAINT fk_roles_users_role_id FOREIGN KEY(role_id) REFERENCES account_role (id), 
	CONSTRAINT fk_roles_users_user_id FOREIGN KEY(user_id) REFERENCES account (id)
);
CREATE TABLE study (
	"key" VARCHAR(36) NOT NULL, 
	study_uid VARCHAR(64) NOT NULL, 
	orthanc_id VARCHAR(44) NOT NULL, 
	patient_key VARCHAR(36) NOT NULL, 
	date VARCHAR(10) NOT NULL, 
	accession VARCHAR(64) NOT NULL, 
	episode VARCHAR(64) NOT NULL, 
	description VARCHAR(256) NOT NULL, 
	patient_id VARCHAR(64) NOT NULL, 
	patient_issuer VARCHAR(64) NOT NULL, 
	patient_name VARCHAR(324) NOT NULL, 
	birth_date VARCHAR(10) NOT NULL, 
	sex VARCHAR(16) NOT NULL, 
	contents TEXT NOT NULL, 
	registered_at VARCHAR(27) NOT NULL, former_patients TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT pk_study PRIMARY KEY ("key"), 
	CONSTRAINT fk_study_patient_key FOREIGN KEY(patient_key) REFERENCES patient ("key"), 
	CONSTRAINT uq_study_study_uid UNIQUE (study_uid)
);
INSERT INTO "study" VALUES('074eeef7-71b5-4f11-b8af-2a9c5e3692da','1.2.826.0.1.3680043.2.1143.77','0a-0b','1c76ff98-a3e5-498f-969c-11938bea6e77','20240312','ACC-1','','CT CHEST','HOSP-77','','QUIRKLEBY^ANNA','19700517','F','[{"sop_class_uid": "1.2.840.10008.5.1.4.1.1.2", "modality": "CT", "body_part": "CHEST", "image_type": ["ORIGINAL"], "slice_thickness": 2.5, "count": 20}]','2026-11-30T08:18:47.534905Z','[]');
CREATE TABLE web_session (
	id VARCHAR(64) NOT NULL, 
	user_id INTEGER NOT NULL, 
	started_at VARCHAR(32) NOT NULL, 
	seen_at VARCHAR(32) NOT NULL, 
	ended_at VARCHAR(32), 
	ended_by VARCHAR(32), 
	CONSTRAINT pk_web_session PRIMARY KEY (id), 
	CONSTRAINT fk_web_session_user_id FOREIGN KEY(user_id) REFERENCES account (id) ON DELETE CASCADE
);
CREATE INDEX ix_access_entry_at ON access_entry (at);
CREATE INDEX ix_access_entry_patient_key ON access_entry (patient_key);
CREATE INDEX ix_access_entry_study_key ON access_entry (study_key);
CREATE INDEX ix_approval_kind ON approval (kind);
CREATE INDEX ix_ask_digest ON ask (digest);
CREATE INDEX ix_ask_opened_at ON ask (opened_at);
CREATE INDEX ix_ask_requested_by ON ask (requested_by);
CREATE INDEX ix_ask_status ON ask (status);
CREATE INDEX ix_decision_decided_at ON decision (decided_at);
CREATE INDEX ix_decision_job ON decision (job);
CREATE INDEX ix_decision_outcome ON decision (outcome);
CREATE INDEX ix_disclosure_job ON disclosure (job);
CREATE INDEX ix_ledger_event_patient_key ON ledger_event (patient_key);
CREATE INDEX ix_ledger_event_recorded_at ON ledger_event (recorded_at);
CREATE INDEX ix_ledger_event_study_uid ON ledger_event (study_uid);
CREATE INDEX ix_ledger_event_supersedes ON ledger_event (supersedes);
CREATE INDEX ix_ledger_event_type ON ledger_event (type);
CREATE INDEX ix_recall_job ON recall (job);
CREATE INDEX ix_recall_opened_at ON recall (opened_at);
CREATE INDEX ix_recall_patient_key ON recall (patient_key);
CREATE INDEX ix_recall_released_event ON recall (released_event);
CREATE INDEX ix_recall_status ON recall (status);
CREATE INDEX ix_review_job ON review (job);
CREATE INDEX ix_review_opened_at ON review (opened_at);
CREATE INDEX ix_review_requested_by ON review (requested_by);
CREATE INDEX ix_review_status ON review (status);
CREATE UNIQUE INDEX ix_account_passkey_credential_id ON account_passkey (credential_id);
CREATE INDEX ix_patient_identifier_patient_key ON patient_identifier (patient_key);
CREATE INDEX ix_patient_identifier_value ON patient_identifier (value);
CREATE INDEX ix_study_accession ON study (accession);
CREATE INDEX ix_study_orthanc_id ON study (orthanc_id);
CREATE INDEX ix_study_patient_key ON study (patient_key);
CREATE TRIGGER ledger_event_no_update BEFORE UPDATE ON ledger_event BEGIN SELECT RAISE(ABORT, 'ledger_event only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER ledger_event_no_delete BEFORE DELETE ON ledger_event BEGIN SELECT RAISE(ABORT, 'ledger_event only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER ledger_event_no_replace BEFORE INSERT ON ledger_event WHEN EXISTS (SELECT 1 FROM ledger_event WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'ledger_event only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision BEGIN SELECT RAISE(ABORT, 'decision only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision BEGIN SELECT RAISE(ABORT, 'decision only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER decision_no_replace BEFORE INSERT ON decision WHEN EXISTS (SELECT 1 FROM decision WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decision only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER disclosure_no_update BEFORE UPDATE ON disclosure BEGIN SELECT RAISE(ABORT, 'disclosure only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER disclosure_no_delete BEFORE DELETE ON disclosure BEGIN SELECT RAISE(ABORT, 'disclosure only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER disclosure_no_replace BEFORE INSERT ON disclosure WHEN EXISTS (SELECT 1 FROM disclosure WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'disclosure only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER access_entry_no_update BEFORE UPDATE ON access_entry BEGIN SELECT RAISE(ABORT, 'access_entry only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER access_entry_no_delete BEFORE DELETE ON access_entry BEGIN SELECT RAISE(ABORT, 'access_entry only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER access_entry_no_replace BEFORE INSERT ON access_entry WHEN EXISTS (SELECT 1 FROM access_entry WHERE seq = NEW.seq) BEGIN SELECT RAISE(ABORT, 'access_entry only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER ledger_event_follows BEFORE INSERT ON ledger_event WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM ledger_event) OR NEW.prev_hash <> COALESCE((SELECT hash FROM ledger_event ORDER BY seq DESC LIMIT 1), '0000000000000000000000000000000000000000000000000000000000000000') BEGIN SELECT RAISE(ABORT, 'ledger_event: a new event must follow the last one'); END;
CREATE INDEX ix_web_session_user_id ON web_session (user_id);
CREATE INDEX ix_notice_trial_made_at ON notice_trial (made_at);
CREATE INDEX ix_notice_step_version ON notice_step (version);
CREATE TRIGGER notice_settings_no_update BEFORE UPDATE ON notice_settings BEGIN SELECT RAISE(ABORT, 'notice_settings only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_settings_no_delete BEFORE DELETE ON notice_settings BEGIN SELECT RAISE(ABORT, 'notice_settings only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_settings_no_replace BEFORE INSERT ON notice_settings WHEN EXISTS (SELECT 1 FROM notice_settings WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'notice_settings only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_version_no_update BEFORE UPDATE ON notice_version BEGIN SELECT RAISE(ABORT, 'notice_version only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_version_no_delete BEFORE DELETE ON notice_version BEGIN SELECT RAISE(ABORT, 'notice_version only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_version_no_replace BEFORE INSERT ON notice_version WHEN EXISTS (SELECT 1 FROM notice_version WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'notice_version only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_step_no_update BEFORE UPDATE ON notice_step BEGIN SELECT RAISE(ABORT, 'notice_step only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_step_no_delete BEFORE DELETE ON notice_step BEGIN SELECT RAISE(ABORT, 'notice_step only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_step_no_replace BEFORE INSERT ON notice_step WHEN EXISTS (SELECT 1 FROM notice_step WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'notice_step only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_page_no_update BEFORE UPDATE ON notice_page BEGIN SELECT RAISE(ABORT, 'notice_page only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_page_no_delete BEFORE DELETE ON notice_page BEGIN SELECT RAISE(ABORT, 'notice_page only grows: a row is never changed, replaced or deleted'); END;
CREATE TRIGGER notice_page_no_replace BEFORE INSERT ON notice_page WHEN EXISTS (SELECT 1 FROM notice_page WHERE version = NEW.version AND language = NEW.language) BEGIN SELECT RAISE(ABORT, 'notice_page only grows: a row is never changed, replaced or deleted'); END;
COMMIT;
