#!/usr/bin/env bash
# The main pages of the demonstration judged by Lighthouse (npm's), on a telephone and on a desk's screen: performance, accessibility,
# best practices, each of 100. Exits 1 when one is under 95. The page of a person is reached by a session of their own.
set -euo pipefail
cd "$(dirname "$0")/.."
target=${CARGO_TARGET_DIR:-target}
node=$target/lighthouse-node
if [ ! -s "$node/node_modules/lighthouse/package.json" ]; then
    echo "Installation de : lighthouse"
    mkdir -p "$node"
    npm install --silent --no-audit --no-fund --no-package-lock --prefix "$node" 'lighthouse@12.8.2' >/dev/null
fi
data=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
metrics=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
log=$data/demonstration.log
CHARTRIER_DATA=$data/data CHARTRIER_LISTEN=127.0.0.1:$port CHARTRIER_METRICS_LISTEN=127.0.0.1:$metrics \
    CHARTRIER_PUBLIC_URL=http://127.0.0.1:$port "$target/debug/chartrier" demo --pronom "$target/pronom" >"$log" 2>&1 &
service=$!
stop() { kill -INT "$service" 2>/dev/null && wait "$service"; rm -rf "$data"; }
trap stop EXIT
until grep -q 'Tout est en ordre' "$log"; do
    kill -0 "$service" 2>/dev/null || { cat "$log" >&2; exit 2; }
    sleep 0.5
done
portal=http://127.0.0.1:$port
chrome=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
# A person's session, as the form of log-in gives it.
session() {
    local jar=$data/$1.jar csrf
    csrf=$(curl -sS -c "$jar" "$portal/connexion" | sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' | head -n 1)
    curl -sS -o /dev/null -b "$jar" -c "$jar" --data-urlencode "csrf=$csrf" --data-urlencode "identifiant=$1" \
        --data-urlencode "mot_de_passe=$2" "$portal/connexion"
    awk '!/^# / && NF >= 7 { printf "%s%s=%s", sep, $6, $7; sep = "; " }' "$jar"
}
low=0
judge() {
    local name=$1 cookie=$2 address=$3 form=$4 out=$data/report.json
    local flags=(--quiet --output=json --output-path="$out" --only-categories=performance,accessibility,best-practices
        --chrome-flags="--headless=new --no-sandbox")
    [ "$form" = desktop ] && flags+=(--preset=desktop)
    [ -n "$cookie" ] && flags+=(--extra-headers="{\"Cookie\":\"$cookie\"}")
    # A browser that does not start, on a machine that is busy, is started again.
    for turn in 1 2 3; do
        CHROME_PATH=$chrome "$node/node_modules/.bin/lighthouse" "$portal$address" "${flags[@]}" 2>"$data/lighthouse.log" && break
        [ "$turn" -lt 3 ] || { cat "$data/lighthouse.log" >&2; exit 2; }
    done
    python3 - "$out" "$name" "$form" <<'PYTHON' || low=1
import json, sys
path, name, form = sys.argv[1:]
report = json.load(open(path))
scores = {key: round(100 * (of["score"] or 0)) for key, of in report["categories"].items()}
weight = report["audits"]["total-byte-weight"]["numericValue"] / 1000
server = report["audits"].get("server-response-time", {}).get("numericValue", 0)
print(f"{name:24} {form:8} {scores['performance']:4} {scores['accessibility']:4} {scores['best-practices']:4}"
      f"   {weight:6.0f} ko   {server:5.0f} ms")
for key, of in report["categories"].items():
    if (of["score"] or 0) < 0.95:
        for ref in of["auditRefs"]:
            audit = report["audits"][ref["id"]]
            if audit.get("score") is not None and audit["score"] < 0.9 and ref["weight"] > 0:
                print(f"    {key}: {ref['id']}: {audit['title']} {audit.get('displayValue', '')}")
sys.exit(any(score < 95 for score in scores.values()))
PYTHON
}
printf '%-24s %-8s %4s %4s %4s   %9s   %8s\n' page écran perf acc. bon. poids serveur
depositor=$(session secretariat.aubrac demonstration-secretariat-aubrac)
pilot=$(session pilote demonstration-pilote)
for form in mobile desktop; do
    judge connexion '' /connexion "$form"
    judge accueil-deposant "$depositor" / "$form"
    judge versement-nouveau "$depositor" /versements/nouveau "$form"
    judge versements "$depositor" /versements "$form"
    judge recherche "$depositor" '/archives?q=deliberation' "$form"
    judge pilotage "$pilot" /pilotage "$form"
    judge verifier '' /verify "$form"
done
exit "$low"
