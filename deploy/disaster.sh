#!/usr/bin/env bash
# Tries the disaster procedures of docs/operations.md with the delivered program, in a folder of its own: members and
# transfers of the demonstration, then the database lost in three ways and brought back. Prints how long each step took.
#
#   deploy/disaster.sh PROGRAM [FOLDER]
set -euo pipefail
program=$(realpath "${1:?usage: deploy/disaster.sh PROGRAM [FOLDER]}")
work=${2:-$(mktemp -d)}
cd "$(dirname "$0")/.."
chmod 755 "$work"
export CHARTRIER_DATA=$work/data CHARTRIER_BACKUP_FOLDER=$work/sauvegardes CHARTRIER_LOG_LEVEL=error
chartrier() { "$program" "$@"; }
step() { echo; echo "== $*"; began=$(date +%s.%N); }
took() { echo "   en $(echo "$(date +%s.%N) - $began" | bc | cut -c1-5) s"; }
# One line a member: archives, copies, bytes read again.
audited() { chartrier audit | grep ' copies, ' | grep -v ' : 0 archives'; }
fail() { echo "ÉCHEC : $*" >&2; exit 1; }

step "Une journée : collectivités, versements"
chartrier demo --once > "$work/demo.log" || { tail -20 "$work/demo.log"; fail "démonstration"; }
before=$(audited); echo "$before"; took

step "Sauvegarde de la nuit"
chartrier backup; took
sleep 1; moment=$(date -u +%FT%TZ); sleep 1

step "1. Une erreur dans la base, après $moment : la remettre comme elle était"
cp -r tenants "$work/tenants"
sed -i '0,/^name = .*/s//name = "Un nom donné par erreur"/' "$work/tenants/saint-aubrac/member.toml"
chartrier tenants apply "$work/tenants"
chartrier tenants plan tenants | grep -q "Un nom donné par erreur" || fail "l'erreur n'a pas été faite"
chartrier restore --at "$moment"
[ "$(chartrier tenants plan tenants)" = "Rien à changer." ] || fail "l'erreur est encore là"
chartrier rebuild --from nord > "$work/rebuild.log" || { cat "$work/rebuild.log"; fail "rebuild"; }
[ "$(audited)" = "$before" ] || fail "l'audit ne dit plus la même chose"
took

step "2. Le disque de la base est perdu : la sauvegarde, puis un site"
rm -rf "$CHARTRIER_DATA/postgres"
chartrier restore
chartrier rebuild --from sud --quick > "$work/rebuild.log" || { cat "$work/rebuild.log"; fail "rebuild"; }
[ "$(audited)" = "$before" ] || fail "l'audit ne dit plus la même chose"
took

step "3. Plus de machine, plus de sauvegarde, un seul site : le catalogue à partir de lui seul"
mkdir "$work/reste" && mv "$CHARTRIER_DATA/sites/sud" "$work/reste/sud" && rm -rf "$CHARTRIER_DATA" "$CHARTRIER_BACKUP_FOLDER"
export CHARTRIER_STORAGE_SITES="sud=$work/reste/sud,est=sites/est"
chartrier rebuild --from sud
chartrier tenants apply tenants > /dev/null
took
archives() { cut -d, -f1 | sort; }
# The new site holds nothing yet: the audit says so, and counts every archive all the same.
after=$(audited || true)
[ "$(echo "$after" | archives)" = "$(echo "$before" | archives)" ] || fail "il manque des archives : $after"

step "4. Répétition : une collectivité reconstruite à part et comparée"
chartrier rehearse --member saint-aubrac --from sud; took
echo; echo "Tout est revenu."
