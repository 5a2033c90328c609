#!/usr/bin/env python3
"""Writes src/seda/standard/**/*.txt: what each version of the standard allows, in the notation its tables explain.

usage: scripts/seda_tables.py CORPUS        (CORPUS/seda-xsd: the official schemas; CORPUS/content-models: names of messages)
Only facts are taken: names, order, cardinalities, types, values. Run again when a version of the standard is added.
"""
import os, sys
import xml.etree.ElementTree as ET

CORPUS = sys.argv[1]
OUT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'seda', 'standard')
X = '{http://www.w3.org/2001/XMLSchema}'
XSD = 'http://www.w3.org/2001/XMLSchema'
WIDTH = 116

PREFIXES = {
    XSD: 'xs',
    'http://www.w3.org/XML/1998/namespace': 'xml',
    'http://www.w3.org/1999/xlink': 'xlink',
    'http://www.w3.org/2000/09/xmldsig#': 'ds',
    'http://uri.etsi.org/01903/v1.3.2#': 'xades',
    'http://uri.etsi.org/01903/v1.4.1#': 'xades141',
    'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:6': 'udt',
    'urn:un:unece:uncefact:data:standard:UnqualifiedDataType:10': 'udt',
    'fr:gouv:ae:archive:draft:standard_echange_v0.2:QualifiedDataType:1': 'qdt',
    'fr:gouv:culture:archivesdefrance:seda:v1.0:QualifiedDataType:1': 'qdt',
}
# schema file: (table, title, prefix when it is a code list)
UNECE = 'Copyright (C) UN/CEFACT. All Rights Reserved.'
CODES = {
    'IANA_CharacterSetCode_20070514': ('character-sets-2007', 'Character sets, IANA, 14 May 2007', 'charset'),
    'IANA_CharacterSetCode_20101104': ('character-sets-2010', 'Character sets, IANA, 4 November 2010', 'charset'),
    'IANA_MIMEMediaType_20081112': ('media-types-2008', 'Media types, IANA, 12 November 2008', 'media'),
    'IANA_MIMEMediaType_20110216': ('media-types-2011', 'Media types, IANA, 16 February 2011', 'media'),
    'ISO_ISO3AlphaCurrencyCode_20081112': ('currencies-2008', 'Currencies, ISO 4217, 12 November 2008', 'currency'),
    'ISO_ISO3AlphaCurrencyCode_20110218': ('currencies-2011', 'Currencies, ISO 4217, 18 February 2011', 'currency'),
    'ISO_ISOTwoletterCountryCode_SecondEdition2006VI-3': ('countries-3', 'Countries, ISO 3166-1, second edition 2006, VI-3', 'country'),
    'ISO_ISOTwoletterCountryCode_SecondEdition2006VI-8': ('countries-8', 'Countries, ISO 3166-1, second edition 2006, VI-8', 'country'),
    'UNECE_AgencyIdentificationCode_D08A': ('agencies-d08a', 'Agencies, UNECE 3055, D.08A', 'agency'),
    'UNECE_AgencyIdentificationCode_D10A': ('agencies-d10a', 'Agencies, UNECE 3055, D.10A', 'agency'),
    'UNECE_CharacterSetEncodingCode_40106': ('encodings', 'Character encodings, UNECE 0133, 40106', 'encoding'),
    'UNECE_CommunicationMeansTypeCode_D10A': ('channels', 'Means of communication, UNECE 3155, D.10A', 'channel'),
    'UNECE_MeasurementUnitCommonCode_5': ('units-5', 'Units of measurement, UNECE recommendation 20, revision 5', 'unit'),
    'UNECE_MeasurementUnitCommonCode_7': ('units-7', 'Units of measurement, UNECE recommendation 20, revision 7', 'unit'),
    'archives_echanges_v0-2_accessrestriction_code': ('access-0.2', 'Access restrictions, 0.2', 'access'),
    'archives_echanges_v0-2_appraisal_code': ('appraisal-0.2', 'Fates, 0.2', 'appraisal'),
    'archives_echanges_v0-2_descriptionlevel_code': ('levels-0.2', 'Levels of description, 0.2', 'level'),
    'archives_echanges_v0-2_documenttype_code': ('documents-0.2', 'Types of documents, 0.2', 'document'),
    'archives_echanges_v0-2_filetype_code': ('formats-0.2', 'File formats (PRONOM), 0.2', 'format'),
    'archives_echanges_v0-2_keywordtype_code': ('keywords-0.2', 'Types of keywords, 0.2', 'keyword'),
    'archives_echanges_v0-2_language_code': ('languages-0.2', 'Languages (ISO 639-1), 0.2', 'language'),
    'archives_echanges_v0-2_reply_code': ('replies-0.2', 'Reply codes, 0.2', 'reply'),
    'seda_v1-0_accessrestriction_code': ('access-1.0', 'Access restrictions, 1.0', 'access'),
    'seda_v1-0_appraisal_code': ('appraisal-1.0', 'Fates, 1.0', 'appraisal'),
    'seda_v1-0_authorisationReason_code': ('reasons-1.0', 'Reasons of an authorisation, 1.0', 'reason'),
    'seda_v1-0_descriptionlevel_code': ('levels-1.0', 'Levels of description, 1.0', 'level'),
    'seda_v1-0_documenttype_code': ('documents-1.0', 'Types of documents, 1.0', 'document'),
    'seda_v1-0_filetype_code': ('formats-1.0', 'File formats (PRONOM), 1.0', 'format'),
    'seda_v1-0_keywordtype_code': ('keywords-1.0', 'Types of keywords, 1.0', 'keyword'),
    'seda_v1-0_language_code': ('languages-1.0', 'Languages (ISO 639-3), 1.0', 'language'),
    'seda_v1-0_unitidentifier_code': ('identifiers-1.0', 'Kinds of identifiers of units, 1.0', 'identifier'),
}
FOREIGN = {
    'xml': ('foreign/xml', 'The attributes of the namespace `xml`'),
    'xlink': ('foreign/xlink', 'XLink'),
    'xmldsig-core-schema': ('foreign/xmldsig', 'XML-Signature'),
    'xades': ('foreign/xades', 'XAdES 1.3.2'),
    'XAdESv141': ('foreign/xades141', 'XAdES 1.4.1'),
    'UnqualifiedDataType_6p0': ('foreign/datatypes-6', 'Unqualified data types of UN/CEFACT, 6.0'),
    'UnqualifiedDataType_10p0': ('foreign/datatypes-10', 'Unqualified data types of UN/CEFACT, 10.0'),
}
# Titles of the parts of the standard, by the end of the schema file's name, in reading order.
PARTS_OLD = [
    ('archivetransfer', 'Transfer'), ('archivetransferrequest', 'Request of a transfer'),
    ('acknowledgement', 'Acknowledgement'), ('archivemodification', 'Modification'),
    ('archivedelivery', 'Delivery'), ('archiverestitution', 'Restitution'), ('archivedestruction', 'Destruction'),
    ('authorization', 'Authorisation'), ('archive', 'Archives'), ('organization', 'Organisations'),
    ('hashcode', 'Digests'), ('signature', 'Signatures'), ('othermetadata', 'Other metadata'),
    ('QualifiedDataType', 'Qualified data types'),
]
PARTS_NEW = [
    ('main', 'Messages'), ('technical', 'Technical base'), ('management', 'Management base'),
    ('descriptive', 'Descriptive base'), ('ontology', 'Ontology'), ('types', 'Base types'),
]
VERSIONS = {
    '0.2': ('0.2/seda_v0-2.xsd', PARTS_OLD), '1.0': ('1.0/seda_v1-0.xsd', PARTS_OLD),
    '2.0': ('2.0/seda-2.0-main.xsd', PARTS_NEW), '2.1': ('2.1/seda-2.1-main.xsd', PARTS_NEW),
    '2.2': ('2.2/seda-2.2-main.xsd', PARTS_NEW), '2.3': ('2.3/seda-2.3-main.xsd', PARTS_NEW),
}
NOTATION = """\
# What can be met in a message, in the standard's own order. Names, order, cardinalities, types and values are the schema's.
#
# Name      the element, once          ?  at most once          *  any number of times          +  once or more
# A line below another, further to the right, belongs to it. Elements follow each other in the order of the lines, unless
# they stand under:   choice   one of the lines      all   each line, in any order      sequence   the lines in order
#
#   message Name   Type               a message: the element a document of this version begins with
#   element Name   Type               another element declared at the top: what `global` names, what wildcards look up
#   type Name                         attributes, then content
#   type Name extends Base            what Base has, then this
#   type Name restricts Base          this content instead of Base's; Base's attributes but for those said again here
#     @name?  Type                    an attribute, required without `?`; `@-name`: Base's one is taken away
#     @&Name                          the attributes of that group
#     @any lax ##other                attributes of other namespaces
#     = Type                          text of that type, no element
#     Name?   Type                    an element of that type; without a type, what stands below it is its type
#     Name?   global                  the element declared at the top
#     &Name?                          the lines of that group
#     any* lax ##other                elements of other namespaces: lax, looked at where they are declared;
#                                     strict, declared or refused; ##any, of any namespace
#   nillable                          xsi:nil="true" may stand for the content
#   default "x", fixed "x"            what an absent attribute or empty element stands for; the only value allowed
#   abstract                          never used itself: an element derived from it, or a type named by xsi:type, must be
#   mixed                             text between the elements
#   simple Name = Type …              values: length, pattern, `one of` these; `union of` types; (in parentheses, a type
#                                     without a name)
#
# `xs:` are the types of XML Schema. Local elements are in the namespace of their table, local attributes in none.
"""


def local(tag):
    return tag.replace(X, '')


class Schema:
    """Every component reached from a root schema, by namespace and name, in order of reading."""

    def __init__(self, root):
        self.files = {}          # path -> (root element, namespace, prefixes)
        self.order = []
        self.load(os.path.join(CORPUS, 'seda-xsd', root), None)

    def load(self, path, including):
        path = os.path.normpath(path)
        if path in self.files:
            return
        prefixes = {}
        for _, (prefix, uri) in ET.iterparse(path, events=['start-ns']):
            prefixes.setdefault(prefix, uri)
        prefixes['xml'] = 'http://www.w3.org/XML/1998/namespace'
        tree = ET.parse(path).getroot()
        namespace = tree.get('targetNamespace') or including
        assert tree.get('blockDefault') is None and tree.get('finalDefault') is None
        self.files[path] = (tree, namespace, prefixes)
        self.order.append(path)
        for node in tree:
            if local(node.tag) in ('include', 'import'):
                where = node.get('schemaLocation')
                if where.startswith('http://www.w3.org/'):
                    where = os.path.join(CORPUS, 'seda-xsd', 'w3c', os.path.basename(where))
                else:
                    where = os.path.join(os.path.dirname(path), where)
                self.load(where, namespace if local(node.tag) == 'include' else None)
            assert local(node.tag) != 'redefine'


class Table:
    """One text file being written: the components of one or several schema files."""

    def __init__(self, schema, messages, prefixes):
        self.schema, self.messages = schema, messages
        self.prefix_of = dict(PREFIXES, **prefixes)
        self.used = set()
        self.groups = {}
        self.uses = {}
        for path in schema.order:
            tree, namespace, names = schema.files[path]
            for node in tree:
                if local(node.tag) == 'group':
                    self.groups[namespace, node.get('name')] = (node, path)
            for node in tree.iter(X + 'group'):
                if node.get('ref'):
                    key = self.resolve(path, node.get('ref'))
                    self.uses[key] = self.uses.get(key, 0) + 1

    def resolve(self, path, name):
        prefix, _, rest = name.rpartition(':')
        return self.schema.files[path][2].get(prefix, ''), rest

    def name(self, path, qname, home=None):
        namespace, rest = self.resolve(path, qname)
        if namespace == self.namespace:
            return rest
        self.used.add(namespace)
        return f'{self.prefix_of[namespace]}:{rest}'

    def prefixed(self, path, qname):
        """An attribute declared at the top always shows its prefix: without, it is in no namespace."""
        namespace, rest = self.resolve(path, qname)
        self.used.add(namespace)
        return f'{self.prefix_of[namespace]}:{rest}'

    def part(self, path):
        """The lines of one schema file."""
        tree, self.namespace, _ = self.schema.files[path]
        blocks = []
        for node in tree:
            kind = local(node.tag)
            if kind in ('include', 'import', 'annotation'):
                continue
            lines = getattr(self, 'top_' + kind)(path, node)
            if lines:
                blocks.append((kind, lines))
        out, previous = [], None
        for kind, lines in blocks:
            is_short = len(lines) == 1
            if out and not (is_short and previous == (kind, True)):
                out.append('')
            out += lines
            previous = (kind, is_short)
        return align(out)

    # Components declared at the top.

    def top_element(self, path, node):
        head = 'message' if node.get('name') in self.messages and is_seda(self.namespace) else 'element'
        if node.get('abstract') == 'true':
            head = 'abstract ' + head
        assert node.get('substitutionGroup') is None
        return self.element_lines(path, node, head + ' ' + node.get('name'), '')

    def top_attribute(self, path, node):
        return [self.attribute_line(path, node, 'attribute ' + node.get('name'))]

    def top_attributeGroup(self, path, node):
        return ['attributes ' + node.get('name')] + self.attributes(path, node, '  ')

    def top_group(self, path, node):
        key = (self.namespace, node.get('name'))
        if self.is_inlined(key):
            return []
        model = [child for child in node if local(child.tag) != 'annotation']
        return ['group ' + node.get('name')] + self.content(path, model[0], '  ')

    def top_simpleType(self, path, node):
        return [f"simple {node.get('name')} = " + self.simple(path, node)]

    def top_complexType(self, path, node):
        words = ['type', node.get('name')]
        if node.get('mixed') == 'true':
            words.insert(0, 'mixed')
        if node.get('abstract') == 'true':
            words.insert(0, 'abstract')
        suffix, lines = self.complex(path, node, '  ')
        return [' '.join(words) + suffix] + lines

    # Types.

    def complex(self, path, node, indent):
        """What follows the type's name, and the lines below."""
        children = [child for child in node if local(child.tag) != 'annotation']
        if children and local(children[0].tag) in ('complexContent', 'simpleContent'):
            wrapper = children[0]
            assert len(children) == 1 and wrapper.get('mixed') is None
            derivation = [child for child in wrapper if local(child.tag) != 'annotation']
            assert len(derivation) == 1
            derivation = derivation[0]
            base = self.name(path, derivation.get('base'))
            is_simple_base = local(wrapper.tag) == 'simpleContent' and self.is_simple(path, derivation.get('base'))
            if is_simple_base:
                assert local(derivation.tag) == 'extension'
                return '', self.attributes(path, derivation, indent) + [f'{indent}= {base}']
            verb = {'extension': 'extends', 'restriction': 'restricts'}[local(derivation.tag)]
            return f' {verb} {base}', self.body(path, derivation, indent)
        return '', self.body(path, node, indent)

    def body(self, path, node, indent):
        lines = self.attributes(path, node, indent)
        for child in node:
            kind = local(child.tag)
            if kind in ('sequence', 'choice', 'all', 'group'):
                lines += self.content(path, child, indent)
            else:
                assert kind in ('annotation', 'attribute', 'attributeGroup', 'anyAttribute'), kind
        return lines

    def is_simple(self, path, qname):
        namespace, name = self.resolve(path, qname)
        if namespace == XSD:
            return True
        for tree, target, _ in self.schema.files.values():
            if target == namespace:
                for node in tree:
                    if node.get('name') == name and local(node.tag) in ('simpleType', 'complexType'):
                        return local(node.tag) == 'simpleType'
        raise SystemExit('no type ' + qname)

    def simple(self, path, node):
        inner = [child for child in node if local(child.tag) != 'annotation']
        assert len(inner) == 1
        inner = inner[0]
        if local(inner.tag) == 'union':
            members = [self.name(path, name) for name in (inner.get('memberTypes') or '').split()]
            members += [f'({self.simple(path, child)})' for child in inner if local(child.tag) == 'simpleType']
            return 'union of ' + ' '.join(members)
        assert local(inner.tag) == 'restriction'
        words, values = [self.name(path, inner.get('base'))], []
        for facet in inner:
            kind = local(facet.tag)
            if kind == 'annotation':
                continue
            if kind == 'enumeration':
                values.append(word(facet.get('value')))
            else:
                words += [kind, quoted(facet.get('value')) if kind == 'pattern' else word(facet.get('value'))]
        if values:
            words += ['one of'] + values
        return ' '.join(words)

    # Attributes.

    def attributes(self, path, node, indent):
        lines = []
        for child in node:
            kind = local(child.tag)
            if kind == 'attribute':
                if child.get('use') == 'prohibited':
                    lines.append(f"{indent}@-{child.get('name')}")
                    continue
                name = child.get('name') or self.prefixed(path, child.get('ref'))
                mark = '' if child.get('use') == 'required' else '?'
                lines.append(self.attribute_line(path, child, f'{indent}@{name}{mark}'))
            elif kind == 'attributeGroup':
                lines.append(f"{indent}@&{self.name(path, child.get('ref'))}")
            elif kind == 'anyAttribute':
                lines.append(f'{indent}@any {self.wildcard(child)}')
        return lines

    def attribute_line(self, path, node, head):
        assert node.get('form') is None
        words = []
        inline = [child for child in node if local(child.tag) == 'simpleType']
        if inline:
            words.append(f'({self.simple(path, inner)})' if (inner := inline[0]) is not None else '')
        elif node.get('type'):
            words.append(self.name(path, node.get('type')))
        elif not node.get('ref'):
            words.append('xs:anySimpleType')
        words += constraint(node)
        return '\t'.join([head] + ([' '.join(words)] if words else []))

    # Content.

    def content(self, path, node, indent):
        """A model group at the top of a content: without its own line when it is one plain sequence."""
        tree = self.particle(path, node)
        if tree[0] == 'sequence' and tree[1] == '':
            return [line for child in tree[2] for line in self.lines(child, indent)]
        return self.lines(tree, indent)

    def particle(self, path, node):
        kind, occurs = local(node.tag), cardinality(node)
        if kind == 'element' or kind == 'any':
            return kind, occurs, node, path
        if kind == 'group':
            key = self.resolve(path, node.get('ref'))
            definition, home = self.groups[key]
            if not self.is_inlined(key):
                return 'group', occurs, self.name(path, node.get('ref'))
            model = [child for child in definition if local(child.tag) != 'annotation'][0]
            assert cardinality(model) == ''
            inner = self.particle(home, model)
            return inner if occurs == '' else shorten(('sequence', occurs, [inner]))
        children = []
        for child in node:
            if local(child.tag) == 'annotation':
                continue
            inner = self.particle(path, child)
            if inner[0] == kind == 'sequence' and inner[1] == '':
                children += inner[2]
            elif inner[0] == kind == 'choice' and inner[1] == '':
                children += inner[2]
            else:
                children.append(inner)
        return shorten((kind, occurs, children))

    def is_inlined(self, key):
        return self.uses.get(key, 0) == 1 or (key[0] and self.is_single(key))

    def is_single(self, key):
        model = [child for child in self.groups[key][0] if local(child.tag) != 'annotation'][0]
        return len([child for child in model if local(child.tag) != 'annotation']) == 1

    def lines(self, tree, indent):
        kind, occurs = tree[0], tree[1]
        if kind == 'element':
            _, _, node, path = tree
            if node.get('ref'):
                return [f"{indent}{self.name(path, node.get('ref'))}{occurs}\tglobal"]
            return self.element_lines(path, node, f"{indent}{node.get('name')}{occurs}", indent)
        if kind == 'any':
            return [f'{indent}any{occurs} {self.wildcard(tree[2])}']
        if kind == 'group':
            return [f'{indent}&{tree[2]}{occurs}']
        below = [line for child in tree[2] for line in self.lines(child, indent + '  ')]
        return [f'{indent}{kind}{occurs}'] + below

    def element_lines(self, path, node, head, indent):
        assert node.get('form') is None and node.get('fixed') is None and node.get('block') is None
        extra = constraint(node)
        if node.get('nillable') == 'true':
            extra.insert(0, 'nillable')
        inline = [child for child in node if local(child.tag) == 'complexType']
        assert not [child for child in node if local(child.tag) not in ('complexType', 'annotation')]
        if inline:
            suffix, lines = self.complex(path, inline[0], indent + '  ')
            words = ([suffix.strip()] if suffix else []) + extra
            assert inline[0].get('mixed') in (None, 'false') and inline[0].get('abstract') is None
            assert lines or suffix, node.get('name')
            return ['\t'.join([head] + ([' '.join(words)] if words else []))] + lines
        kind = self.name(path, node.get('type')) if node.get('type') else self.builtin('anyType')
        return ['\t'.join([head, ' '.join([kind] + extra)])]

    def builtin(self, name):
        return 'xs:' + name

    def wildcard(self, node):
        return f"{node.get('processContents', 'strict')} {node.get('namespace', '##any')}"


def shorten(tree):
    """A group around one particle is that particle, when the cardinalities allow to say it so."""
    kind, occurs, children = tree[0], tree[1], tree[2]
    if kind not in ('sequence', 'choice') or len(children) != 1:
        return tree
    inner = children[0]
    together = {('', inner[1]): inner[1], (occurs, ''): occurs, ('?', '?'): '?', ('?', '*'): '*', ('?', '+'): '*',
                ('*', '?'): '*', ('*', '*'): '*', ('*', '+'): '*', ('+', '+'): '+', ('+', '*'): '*',
                ('+', '?'): '*'}.get((occurs, inner[1]))
    return (inner[0], together) + tuple(inner[2:])


def constraint(node):
    return [f'{kind} {quoted(node.get(kind))}' for kind in ('default', 'fixed') if node.get(kind) is not None]


def cardinality(node):
    key = node.get('minOccurs', '1'), node.get('maxOccurs', '1')
    return {('1', '1'): '', ('0', '1'): '?', ('0', 'unbounded'): '*', ('1', 'unbounded'): '+'}[key]


def quoted(value):
    assert '"' not in value and '\n' not in value
    return f'"{value}"'


def word(value):
    """A value, in quotes when it could be taken for something else."""
    is_plain = value and not any(c in ' ()"#\t' for c in value) and value not in ('one', 'of')
    return value if is_plain else quoted(value)


def is_seda(namespace):
    return namespace.startswith('fr:gouv:') and 'QualifiedDataType' not in namespace


def align(lines):
    """Types in one column within a block; long lists of values folded."""
    out, block = [], []

    def flush():
        heads = [line.split('\t')[0] for line in block if '\t' in line]
        column = max([len(head) for head in heads] or [0])
        for line in block:
            head, tab, rest = line.partition('\t')
            out.extend(fold(f'{head:<{column}}  {rest}' if tab else head))
        block.clear()

    for line in lines:
        if line == '':
            flush()
            out.append('')
        else:
            block.append(line)
    flush()
    return out


def fold(line):
    if len(line) <= WIDTH or not line.startswith('simple '):
        return [line]
    margin = len(line) - len(line.lstrip()) + 4
    lines, current = [], ''
    for part in split_words(line):
        if current and len(current) + 1 + len(part) > WIDTH:
            lines.append(current)
            current = ' ' * margin + part
        else:
            current = f'{current} {part}' if current else part
    return lines + [current]


def split_words(line):
    words, start, inside = [], 0, False
    for at, c in enumerate(line):
        if c == '"':
            inside = not inside
        if c == ' ' and not inside and at >= len(line) - len(line.lstrip()):
            if at > start:
                words.append(line[start:at])
            start = at + 1
    return words + [line[start:]]


def stem(path):
    return os.path.splitext(os.path.basename(path))[0]


def write(name, text):
    path = os.path.join(OUT, name + '.txt')
    if os.path.exists(path) and path in written and open(path, encoding='utf-8').read() != text:
        raise SystemExit(f'two different tables for {name}')
    written.add(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    open(path, 'w', encoding='utf-8').write(text)


written = set()


def head_of(table, namespace):
    lines = ['namespace ' + namespace]
    used = sorted(table.used - {XSD}, key=lambda uri: table.prefix_of[uri])
    return lines + [f'prefix {table.prefix_of[uri]} = {uri}' for uri in used]


def version(name, root, parts):
    schema = Schema(root)
    messages = {file[:-4] for file in os.listdir(f'{CORPUS}/content-models/{name}')}
    prefixes = {schema.files[path][1]: CODES[stem(path)][2] for path in schema.order if stem(path) in CODES}
    tables = []
    for path in schema.order:
        if stem(path) in CODES:
            file, title, _ = CODES[stem(path)]
            table = Table(schema, set(), prefixes)
            body = table.part(path)
            notice = [f'# {UNECE}'] if stem(path).startswith(('UNECE', 'ISO', 'IANA')) else []
            write('codes/' + file, '\n'.join([f'# {title}. How to read it: see the tables of the versions.'] + notice
                                             + head_of(table, schema.files[path][1]) + [''] + body) + '\n')
            tables.append('codes/' + file)
        elif stem(path) in FOREIGN:
            file, title = FOREIGN[stem(path)]
            table = Table(schema, set(), prefixes)
            body = table.part(path)
            write(file, '\n'.join([f'# {title}. How to read it: see the tables of the versions.']
                                  + head_of(table, schema.files[path][1]) + [''] + body) + '\n')
            tables.append(file)
    own = [path for path in schema.order if stem(path) not in CODES and stem(path) not in FOREIGN]
    text, spaces = [], []
    for ending, title in parts:
        for path in own:
            if stem(path).replace('-', '_').split('_')[-1] == ending:
                namespace = schema.files[path][1]
                if namespace not in [space for space, _ in spaces]:
                    spaces.append((namespace, Table(schema, messages, prefixes)))
                    text.append((len(spaces) - 1, []))
                table = dict(spaces)[namespace]
                body = table.part(path)
                text[-1][1].extend(['', f'## {title}', ''] + body)
                own = [other for other in own if other != path]
                break
    assert all(len([c for c in schema.files[path][0] if local(c.tag) != 'include']) == 0 for path in own), own
    out = [f'# SEDA {name}.', '#'] + NOTATION.rstrip('\n').split('\n')
    for at, lines in text:
        namespace, table = spaces[at]
        out += [''] + head_of(table, namespace) + lines
    write(name, '\n'.join(out) + '\n')
    print(name, len(messages), 'messages;', ' '.join(tables))


for name, (root, parts) in VERSIONS.items():
    version(name, root, parts)
