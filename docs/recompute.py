"""Refait une facture partagée : python3 recompute.py repartition-2027-1.csv (le fichier donné à toutes les collectivités)."""
import csv, sys
lignes = {}
for l in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig"), delimiter=";"):
    lignes.setdefault((l["poste"], l["cle"], int(l["montant_centimes"])), []).append((l["membre"], int(l["poids"]), int(l["part_centimes"])))
faux, total = 0, 0
for (poste, cle, montant), parts in lignes.items():
    somme, signe = sum(poids for _, poids, _ in parts), -1 if montant < 0 else 1
    juste = {membre: abs(montant) * poids // somme for membre, poids, _ in parts}
    ordre = sorted(parts, key=lambda p: (-(abs(montant) * p[1] % somme), -p[1], p[0]))  # plus forts restes, puis poids, puis code
    for membre, _, _ in ordre[: abs(montant) - sum(juste.values())]:
        juste[membre] += 1
    for membre, _, part in parts:
        total += part
        if part != signe * juste[membre]:
            faux += 1
            print(f"{poste} {cle} {membre} : {part} au lieu de {signe * juste[membre]}")
if not lignes:
    sys.exit("aucune part dans ce fichier : donnez la répartition que le service remet, telle qu'elle est")
print(f"{len(lignes)} lignes, {total / 100:.2f} euros, {'juste' if not faux else f'{faux} parts fausses'}")
sys.exit(1 if faux else 0)
