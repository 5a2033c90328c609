#!/usr/bin/env python3
"""Writes random documents that are mostly valid, from an official schema: the seeds of `make conformance`.

usage: conformance_seeds.py MAIN.xsd CATALOG_FOLDER OUT_FOLDER PER_ROOT SEED ROOT…
Walks the schema as PyPI's xmlschema compiled it, never our tables: what our tables forget is met all the same. Particles
seldom met are preferred. References point at identifiers of the document; types that derive replace their base at times.
"""
import random, re, sys
from xml.sax.saxutils import escape, quoteattr
import xmlschema

XSI = 'http://www.w3.org/2001/XMLSchema-instance'
XS = '{http://www.w3.org/2001/XMLSchema}'
CANDIDATES = '''texte|jeton|2024-06-01|2024-06-01T10:00:00|2024-06-01T10:00:00Z|2024-06-01+02:00|2024|2024-06|10:00:00|true|false|0|1|42|3.5
P10Y|P1Y|P0Y|P1M|P100Y|fra|fr|en|fre|AAAA|QUJD|0aF1|content/f1.txt|http://example.org/a|text/plain|fmt/18|file|item|recordgrp|detruire|conserver
AR038|AR048|000|corpname|subject|genreform|Item|RecordGrp|File|Keep|Destroy|RestrictAccess|Access|Transfer|Copy|BinaryMaster_1
BinaryMaster|PhysicalMaster_1|CDO|FR|gram|metre|micrometre|kilogram|edition 2009|second edition 2006|SHA-512|ArchivalAgencyArchiveIdentifier
http://www.w3.org/2001/04/xmlenc#sha256|communication|destruction|a|n|x:y|AB-12|1.0|12.5|-1|255|65536'''.replace('\n', '|').split('|')
NODES_MAX, DEPTH_MAX = 160, 22


class Generator:
    def __init__(self, schema, seed):
        self.schema, self.random = schema, random.Random(seed)
        self.met, self.values, self.derived = {}, {}, {}
        for named in schema.maps.types.values():
            base = getattr(named, 'base_type', None)
            while base is not None and base.name and not base.name.startswith(XS):
                self.derived.setdefault(base.name, []).append(named)
                base = base.base_type

    def document(self, root):
        self.nodes, self.ids, self.wanted = 0, 0, self.random.choice([0.08, 0.2, 0.35, 0.6])
        self.prefixes = {self.schema.target_namespace: '', XSI: 'xsi', 'http://www.w3.org/XML/1998/namespace': 'xml'}
        text = self.element(self.schema.elements[root], 0)
        known = [f'id{n}' for n in range(1, self.ids + 1)] or ['id1']
        text = re.sub('\x00', lambda _: self.random.choice(known), text)
        declared = ''.join(f' xmlns:{p}="{ns}"' for ns, p in self.prefixes.items() if p not in ('', 'xml'))
        declared = f' xmlns="{self.schema.target_namespace}"' + declared
        end = re.match(r'<[^\s/>]+', text).end()
        return '<?xml version="1.0" encoding="UTF-8"?>\n' + text[:end] + declared + text[end:] + '\n'

    def name(self, qualified, attribute=False):
        if not qualified.startswith('{'):
            return qualified
        namespace, local = qualified[1:].split('}')
        if attribute and namespace == self.schema.target_namespace:
            prefix = self.prefixes.setdefault('\x01' + namespace, 's')
            self.prefixes.pop('\x01' + namespace)
            self.prefixes.setdefault(namespace, '')
            return f'{prefix}:{local}'
        prefix = self.prefixes.setdefault(namespace, f'n{len(self.prefixes)}')
        return f'{prefix}:{local}' if prefix else local

    def often(self, particle):
        """Whether an optional particle is written this time: less and less as it was."""
        if self.nodes > NODES_MAX:
            return False
        key = id(particle)
        seldom = self.met.get(key, 0) < 3
        return self.random.random() < (max(self.wanted, 0.4) if seldom else self.wanted)

    def times(self, particle, depth):
        low, high = particle.min_occurs, particle.max_occurs
        if depth > DEPTH_MAX:
            return low
        count = low
        while (high is None or count < high) and count < low + 3 and self.often(particle):
            count += 1
            self.met[id(particle)] = self.met.get(id(particle), 0) + 1
            if count > 1 and self.random.random() < 0.6:
                break
        return count

    def element(self, declaration, depth):
        self.nodes += 1
        kind, attributes = declaration.type, []
        substitutes = list(self.schema.maps.substitution_groups.get(declaration.name, ()))
        if substitutes and (declaration.abstract or self.random.random() < 0.3):
            return self.element(self.random.choice(substitutes), depth)
        derived = [t for t in self.derived.get(kind.name, ()) if not getattr(t, 'abstract', False)]
        if derived and (getattr(kind, 'abstract', False) or self.random.random() < 0.04):
            kind = self.random.choice(derived)
            attributes.append(('xsi:type', self.name(kind.name)))
        name = self.name(declaration.name) if declaration.qualified or declaration.ref else declaration.local_name
        nil = declaration.nillable and self.random.random() < 0.3
        if nil:
            attributes.append(('xsi:nil', 'true'))
        if hasattr(kind, 'attributes'):
            attributes += self.attributes(kind.attributes)
        content = ''
        if nil:
            pass
        elif declaration.fixed is not None and self.random.random() < 0.5:
            content = escape(declaration.fixed)
        elif kind.is_simple() or kind.has_simple_content():
            content = escape(self.value(kind if kind.is_simple() else kind.content))
        elif kind.name == XS + 'anyType':
            content = self.random.choice(['', 'texte', '<foreign xmlns="urn:example:foreign" a="1">texte</foreign>'])
        else:
            content = self.group(kind.content, depth)
            if kind.mixed and self.random.random() < 0.5:
                content = 'texte' + content
        written = ''.join(f' {key}={quoteattr(value)}' for key, value in dict(attributes).items())
        return f'<{name}{written}>{content}</{name}>'

    def attributes(self, group):
        found = []
        for key, attribute in group.items():
            if key is None:
                if attribute.process_contents != 'strict' and self.random.random() < 0.3:
                    found.append((self.name('{http://www.w3.org/1999/xlink}title'), 'titre'))
                continue
            if attribute.use == 'prohibited':
                continue
            if attribute.use == 'required' or self.often(attribute):
                self.met[id(attribute)] = self.met.get(id(attribute), 0) + 1
                value = attribute.fixed if attribute.fixed is not None else self.value(attribute.type)
                found.append((self.name(key, attribute=True), value))
        return found

    def group(self, group, depth):
        if not hasattr(group, 'model'):
            return ''
        members = list(group)
        if not members:
            return ''
        if group.model == 'choice':
            fresh = [m for m in members if self.met.get(id(m), 0) < 2]
            chosen = self.random.choice(fresh or members)
            self.met[id(chosen)] = self.met.get(id(chosen), 0) + 1
            members = [chosen]
        elif group.model == 'all':
            self.random.shuffle(members)
        return ''.join(self.particle(m, depth) for m in members for _ in range(self.times(m, depth)))

    def particle(self, particle, depth):
        if isinstance(particle, xmlschema.validators.XsdAnyElement):
            if particle.process_contents == 'strict' or self.random.random() < 0.2:
                known = [e for n, e in self.schema.maps.elements.items()
                         if n.startswith('{') and particle.is_matching(n, self.schema.target_namespace)
                         and not e.abstract and not n.startswith(XS)]
                if known and depth < DEPTH_MAX:
                    return self.element(self.random.choice(known), depth + 1)
            return self.random.choice([
                '<foreign xmlns="urn:example:foreign"/>', '<foreign xmlns="urn:example:foreign" a="1">texte<in/></foreign>',
                '<f:autre xmlns:f="urn:example:autre"><f:dedans>1</f:dedans></f:autre>'])
        if isinstance(particle, xmlschema.validators.XsdElement):
            if particle.abstract and not self.schema.maps.substitution_groups.get(particle.name):
                return ''
            return self.element(particle, depth + 1)
        return self.group(particle, depth + 1)

    def value(self, kind):
        root = kind
        while root is not None and not (root.name or '').startswith(XS):
            root = getattr(root, 'base_type', None)
        builtin = root.name[len(XS):] if root is not None else ''
        if builtin == 'ID':
            self.ids += 1
            return f'id{self.ids}'
        if builtin in ('IDREF', 'IDREFS'):
            return '\x00'
        if builtin == 'anyURI' and self.random.random() < 0.95:
            return self.random.choice(['content/f1.txt', 'http://example.org/a', 'urn:example:b', '#c'])
        known = self.values.get(id(kind))
        if known is None:
            listed = [str(v) for v in (getattr(kind, 'enumeration', None) or [])]
            if len(listed) > 40:
                listed = self.random.sample(listed, 40)
            known = [c for c in listed + CANDIDATES if self.fits(kind, c)] or listed or ['texte']
            self.values[id(kind)] = known
        return self.random.choice(known)

    def fits(self, kind, text):
        try:
            return kind.is_valid(text)
        except Exception:
            return False


def main():
    main_xsd, folder, out, count, seed, *roots = sys.argv[1:]
    local = {'http://www.w3.org/2001/xml.xsd': f'{folder}/w3c/xml.xsd',
             'http://www.w3.org/1999/xlink.xsd': f'{folder}/w3c/xlink.xsd'}
    schema = xmlschema.XMLSchema10(main_xsd, uri_mapper=lambda uri: local.get(uri, uri), allow='local')
    generator = Generator(schema, int(seed))
    for root in roots:
        for number in range(int(count)):
            with open(f'{out}/{root}.{number}.xml', 'w', encoding='utf-8') as file:
                file.write(generator.document(root))


if __name__ == '__main__':
    main()
