-- A person's identity is forgotten on demand: the account keeps its identifier, which the journals name, and nothing else.
grant update (login, display_name, email, disabled_at) on platform.person to chartrier_technical;
grant delete on former_account to chartrier_service;
