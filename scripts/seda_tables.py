#!/usr/bin/env python3
"""Writes src/seda/schema/<version>.txt: the content models of a SEDA 2.x message, one type a line.

usage: scripts/seda_tables.py CORPUS     (CORPUS/content-models: each message flattened, element, cardinality, type)
Run again only when a version of the standard is added; the tables are read by src/seda/schema.rs.
"""
import os, re, sys

corpus = sys.argv[1]
SIMPLE = {
    'NonEmptyTokenType': 'token', 'DataObjectIdType': 'id', 'DataObjectRefIdType': 'idref', 'GroupIdType': 'id',
    'GroupRefIdType': 'idref', 'ArchiveUnitIdType': 'id', 'ArchiveUnitRefIdType': 'idref', 'SizeInBytesType': 'positive',
    'BinaryType': 'binary', 'DigestAlgorithmCodeType': 'token', 'MimeTypeType': 'token', 'FileFormatType': 'token',
    'EncodingType': 'token', 'CompressionAlgorithmType': 'token', 'VersionIdType': 'token', 'ReplyCodeType': 'token',
    'string': 'string', 'token': 'string', 'date': 'date', 'dateTime': 'datetime', 'boolean': 'boolean', 'int': 'int',
    'integer': 'integer', 'decimal': 'decimal', 'language': 'language', 'anyURI': 'uri', 'base64Binary': 'binary',
    'ID': 'id', 'IDREF': 'idref', 'CodeKeywordType': 'keyword', 'MeasurementUnitsType': 'token',
    'MeasurementWeightUnitsType': 'token', 'nonNegativeInteger': 'integer',
}
GROUPS = {
    'scheme*': ['schemeID', 'schemeName', 'schemeAgencyID', 'schemeAgencyName', 'schemeVersionID', 'schemeDataURI', 'schemeURI'],
    'list*': ['listID', 'listAgencyID', 'listAgencyName', 'listName', 'listVersionID', 'name', 'languageID', 'listURI',
              'listSchemeURI'],
}
QUANTIFIER = {'1..1': '', '0..1': '?', '0..n': '*', '1..n': '+'}


def tree(path):
    """Lines as nested nodes: (kind, text, children)."""
    root, stack = [], []
    for line in open(path, encoding='utf-8'):
        text = line.strip()
        if not text or text in (')', '>'):
            continue
        depth = (len(line) - len(line.lstrip())) // 2
        while stack and stack[-1][0] >= depth:
            stack.pop()
        node = (text, [])
        (stack[-1][1][1] if stack else root).append(node)
        stack.append((depth, node))
    return root


def element(text):
    m = re.match(r'(\w+) (\d\.\.[1n])(?: :(\w+))?(.*)$', text)
    if not m:
        raise SystemExit('not understood: ' + text)
    return m.groups()


def main(version):
    types = {}
    date = 'olddate' if version == '2.0' else 'anydate'

    def name_of(kind):
        return date if kind == 'DateType' else SIMPLE.get(kind, kind)

    def particle(node):
        text, children = node
        if text.startswith(('( ', '< ')):
            quantifier = QUANTIFIER[text.split()[-1]]
            inner = [p for p in map(particle, children) if p]
            if not inner:
                return ''
            return '( ' + (' | ' if text[0] == '<' else ' ').join(inner) + ' )' + quantifier
        if text.startswith('ANY '):
            return 'ANY'
        name, cardinality, kind, rest = element(text)
        if ' ABSTRACT' in rest:
            return ''           # replaced by an element of another schema, unknown here
        if kind is None:
            is_bare = not children and '[' not in rest and '{' not in rest
            kind = 'string' if is_bare else name + 'InPlace'
        if '(recursive)' not in rest:
            define(kind, rest, children)
        return f'{name}:{name_of(kind)}{QUANTIFIER[cardinality]}'

    def define(kind, rest, children):
        attributes = re.search(r'\[(.*)\]', rest)
        values = re.search(r'\{(.*)\}', rest)
        parts = attributes.group(1).split(' @') if attributes else []
        base = None
        required = []
        for part in parts:
            part = part.lstrip('@')
            name, _, value = part.partition(':')
            if part.startswith('='):
                base = part[1:]
            elif part.endswith('*'):
                required += ['?' + name for name in GROUPS[part]]
            elif name.endswith('?') and value:     # without a value: xml:id, xml:lang, xlink:href
                required.append('?' + name.rstrip('?'))
            elif not name.endswith('?'):
                required.append('@' + name)
        if kind in SIMPLE or kind == 'DateType':
            return
        if values:
            body = '{' + values.group(1).replace(' ', '_') + '}'
        elif base:
            body = '$' + name_of(base)
        elif 'abstract-type' in rest:
            body = 'ABSTRACT'
        elif kind in types and not children and kind == 'ArchiveUnitType':
            return
        else:
            types.setdefault(kind, None)
            body = ' '.join(p for p in map(particle, children) if p)
        line = ' '.join([kind] + required + ['=', body]).strip()
        if types.get(kind) not in (None, line):
            raise SystemExit(f'{version}: two definitions of {kind}\n{types[kind]}\n{line}')
        types[kind] = line

    roots = []
    folder = f'{corpus}/content-models/{version}'
    for message in ['ArchiveTransfer']:
        node = tree(f'{folder}/{message}.txt')[0]
        roots.append(particle(node))
    here = os.path.dirname(os.path.abspath(__file__))
    with open(f'{here}/../src/seda/schema/{version}.txt', 'w', encoding='utf-8') as out:
        out.write(f'# SEDA {version}: type, @required and ?optional attributes, content model. Written by scripts/seda_tables.py.\n')
        for kind in sorted(types):
            out.write(types[kind] + '\n')


for version in ['2.0', '2.1', '2.2', '2.3']:
    main(version)
