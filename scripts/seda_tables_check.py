#!/usr/bin/env python3
"""Compares src/seda/standard/*.txt with the flattened messages of the corpus: every element, cardinality, type, attribute.

usage: scripts/seda_tables_check.py CORPUS        (CORPUS/content-models, made from the official schemas by other means)
Reads the tables with its own eyes, not the generator's. Prints each difference; exits 1 when there is one.
"""
import os, re, sys

CORPUS = sys.argv[1] if len(sys.argv) > 1 else '../shared/corpus'
HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'src', 'seda', 'standard')
OCCURS = {'0..1': '?', '0..n': '*', '1..n': '+', '1..1': ''}
SHORT = {
    'scheme*': 'schemeID schemeName schemeAgencyID schemeAgencyName schemeVersionID schemeDataURI schemeURI'.split(),
    'list*': 'listID listAgencyID listAgencyName listName listVersionID name languageID listURI listSchemeURI'.split(),
}


def blocks(path):
    """(namespace, prefixes, head line, lines below as (depth, text)) for each declaration of a file."""
    namespace, prefixes, head, below = None, {}, None, []
    for line in open(path, encoding='utf-8'):
        line = line.rstrip('\n')
        if not line.strip() or line.startswith('#'):
            continue
        if line[0] == ' ':
            below.append(((len(line) - len(line.lstrip())) // 2, line.strip()))
            continue
        if head:
            yield namespace, prefixes, head, below
        head, below = None, []
        if line.startswith('namespace '):
            namespace, prefixes = line.split()[1], {}
        elif line.startswith('prefix '):
            prefixes[line.split()[1]] = line.split()[3]
        else:
            head = line
    if head:
        yield namespace, prefixes, head, below


class Version:
    def __init__(self, name):
        self.kinds = {}
        for folder in ('', 'foreign', 'codes'):
            for file in sorted(os.listdir(os.path.join(HERE, folder))):
                is_ours = folder or file == name + '.txt'
                if not file.endswith('.txt') or not is_ours:
                    continue
                for block in blocks(os.path.join(HERE, folder, file)):
                    words = [word for word in block[2].split() if word not in ('abstract', 'mixed')]
                    kind = 'type' if words[0] == 'simple' else 'element' if words[0] == 'message' else words[0]
                    if folder == 'codes' and file.startswith(('access', 'levels')) and not file.endswith(name + '.txt'):
                        continue
                    self.kinds.setdefault((kind, block[0], words[1]), (block, words[2:], block[2]))

    def find(self, kind, block, word):
        prefix, _, local = word.rpartition(':')
        namespace = block[1][prefix] if prefix else block[0]
        return self.kinds[kind, namespace, local]

    def tree(self, block, lines):
        """Nested (kind, occurs, name, rest, children, block) of the lines that are content."""
        out, at = [], 0
        while at < len(lines):
            depth, text = lines[at]
            end = at + 1
            while end < len(lines) and lines[end][0] > depth:
                end += 1
            words = text.split()
            if not text.startswith(('@', '=')):
                name = words[0].rstrip('?*+')
                occurs = words[0][len(name):]
                below = lines[at + 1:end]
                if name in ('choice', 'sequence', 'all') and len(words) == 1:
                    out.append((name, occurs, None, [], self.tree(block, below), block))
                elif name == 'any':
                    out.append(('any', occurs, None, words[1:], [], block))
                elif name.startswith('&'):
                    group = self.find('group', block, name[1:])[0]
                    out.append(('sequence', occurs, None, [], self.tree(group, group[3]), group))
                else:
                    out.append(('element', occurs, name.split(':')[-1], words[1:], below, block))
            at = end
        return out

    def shape(self, block, rest, lines):
        """(attributes, text type, content) of a type."""
        attributes, text, content = {}, None, []
        if rest[:1] in (['extends'], ['restricts']):
            base = self.find('type', block, rest[1])
            attributes, text, inherited = self.shape(base[0], base[1], base[0][3])
            attributes = dict(attributes)
            content = list(inherited) if rest[0] == 'extends' else []
        top = min([depth for depth, _ in lines] or [0])
        for depth, line in lines:
            words = line.split()
            if depth != top:
                continue
            if line.startswith('= '):
                text = words[1].split(':')[-1]
            elif line.startswith('@&'):
                group = self.find('attributes', block, words[0][2:])[0]
                attributes.update(self.shape(group, [], group[3])[0])
            elif line.startswith('@-'):
                attributes.pop(words[0][2:], None)
            elif line.startswith('@') and words[0] != '@any':
                name = words[0][1:].rstrip('?').split(':')[-1]
                fixed = re.search(r'fixed "(.*)"', line)
                is_global = ':' in words[0]
                attributes[name] = ('?' if words[0].endswith('?') else '',
                                    None if is_global else words[1].split(':')[-1], fixed and fixed.group(1))
        return attributes, text, content + self.tree(block, lines)


def model(path):
    """The nested nodes of a flattened message."""
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


def particle(node):
    """A node as (kind, occurs, name, type, values, attributes, text, children)."""
    text, children = node
    if text.startswith(('( ', '< ')):
        kind = 'choice' if text.startswith('< choice') else 'all' if 'all' in text.split()[1] else 'sequence'
        return normal((kind, OCCURS[text.split()[-1]], None, None, [particle(child) for child in children]))
    if text.startswith('ANY '):
        found = re.match(r'ANY ns=(\S+) pc=(\S+) (\S+)', text)
        return ('any', OCCURS[found.group(3)], None, [found.group(2), found.group(1)], [])
    found = re.match(r'([\w.-]+) (\d\.\.[1n])(?: :(\w+))?(.*)$', text)
    name, occurs, kind, rest = found.groups()
    attributes, base = {}, None
    listed = re.search(r'\[(.*)\]', rest)
    for part in (' ' + listed.group(1)).split(' @') if listed else []:
        part = part.strip()
        if part.startswith('='):
            base = part[1:]
            continue
        if not part:
            continue
        if part in SHORT:
            for attribute in SHORT[part]:
                attributes[attribute] = ('?', Ellipsis, None)
            continue
        head, _, fixed = part.partition(' fixed=')
        label, _, of = head.partition(':')
        is_optional = label.endswith('?')
        label = label.rstrip('?')
        if not of and label.startswith(('scheme', 'list')):
            attributes.pop(label, None)          # prohibited
        else:
            attributes[label] = ('?' if is_optional else '', of or None, fixed or None)
    return ('element', OCCURS[occurs], name, (kind, rest, attributes, base), [normal(particle(child)) for child in children])


def normal(node):
    """Plain sequences in sequences and choices in choices are opened, groups of one are that one."""
    kind, occurs, name, rest, children = node[:5]
    if kind not in ('sequence', 'choice'):
        return node
    flat = []
    for child in children:
        if child[0] == kind and child[1] == '':
            flat.extend(child[4])
        else:
            flat.append(child)
    if len(flat) == 1 and (one := flat[0]):
        if occurs == '' or one[1] == '' or occurs == one[1]:
            return (one[0], occurs or one[1]) + tuple(one[2:])
        if {occurs, one[1]} == {'?', '*'} or {occurs, one[1]} == {'?', '+'}:
            return (one[0], '*') + tuple(one[2:])
    return (kind, occurs, name, rest, flat)


class Comparison:
    def __init__(self, version):
        self.name, self.version = version, Version(version)
        self.seen, self.wrong, self.count = set(), 0, 0

    def tell(self, path, what):
        self.wrong += 1
        print(f'{self.name} {path}: {what}')

    def contents(self, path, ours, theirs):
        opened = []
        for child in theirs:
            opened.extend(child[4] if child[0] == 'sequence' and child[1] == '' else [child])
        mine = []
        for child in map(self.ours, ours):
            # The flattening does not tell `all` from a sequence.
            mine.extend(child[4] if child[0] in ('sequence', 'all') and child[1] == '' else [child])
        if len(mine) != len(opened):
            return self.tell(path, f'{[c[:3] for c in mine]} against {[c[:3] for c in opened]}')
        for one, other in zip(mine, opened):
            self.compare(path, one, other)

    def ours(self, node):
        if node[0] in ('sequence', 'choice', 'all'):
            return normal(node[:4] + ([self.ours(child) for child in node[4]],) + node[5:])
        return node

    def compare(self, path, one, other):
        self.count += 1
        if one[:3] != other[:3]:
            return self.tell(path, f'{one[:3]} against {other[:3]}')
        if one[0] == 'any':
            if one[3] != other[3]:
                self.tell(path, f'{one[3]} against {other[3]}')
            return
        if one[0] != 'element':
            return self.contents(path, one[4], other[4])
        _, _, name, rest, below, block = one
        kind, tail, attributes, base = other[3]
        path = f'{path}/{name}'
        is_abstract = ' ABSTRACT' in tail
        if rest == ['global']:
            prefix, _, local = name.rpartition(':')
            keys = [key for key in self.version.kinds if key[0] == 'element' and key[2] == name]
            block, rest, head = self.version.kinds[keys[0]]
            if is_abstract != ('abstract' in head.split()):
                self.tell(path, 'abstract?')
        if is_abstract:
            return
        if not rest or rest[0] in ('extends', 'restricts'):
            shape = self.version.shape(block, rest, below)
        else:
            local = rest[0].split(':')[-1]
            if kind is not None and local != kind:
                return self.tell(path, f'{local} against {kind}')
            if rest[0].startswith('xs:'):
                if attributes or base or other[4]:
                    self.tell(path, 'more than a simple type')
                return
            (type_block, type_rest, head) = self.version.find('type', block, rest[0])
            if head.startswith('simple'):
                values = re.search(r'\{(.*)\}', tail)
                if values:
                    listed = re.findall(r'"([^"]*)"|(\S+)', ' '.join([head] + [t for _, t in type_block[3]]).split('one of')[1])
                    listed = [a or b for a, b in listed]
                    theirs = values.group(1).split(',')
                    shown = theirs if not theirs[-1].endswith(('…', '...')) else None
                    if shown is not None and listed != shown:
                        self.tell(path, f'{listed} against {theirs}')
                if attributes or base or other[4]:
                    self.tell(path, 'more than a simple type')
                return
            if ('abstract' in head.split()) != ('abstract-type' in tail):
                self.tell(path, 'abstract type?')
            if '(recursive)' in tail:
                return
            shape = self.version.shape(type_block, type_rest, type_block[3])
        if kind in ('CodeKeywordType', 'MeasureType') and self.name in ('0.2', '1.0'):
            return          # the flattening takes their bases, of another namespace, for the types of the same name here
        if shape[1] != base:
            self.tell(path, f'text {shape[1]} against {base}')
        for label in sorted(set(shape[0]) | set(attributes)):
            mine, theirs = shape[0].get(label), attributes.get(label)
            if mine is None or theirs is None or mine[0] != theirs[0] or mine[2] != theirs[2] \
                    or theirs[1] not in (Ellipsis, mine[1]) and mine[1] is not None:
                self.tell(path, f'@{label}: {mine} against {theirs}')
        self.contents(path, shape[2], other[4])


def main():
    wrong = 0
    for version in ('0.2', '1.0', '2.0', '2.1', '2.2', '2.3'):
        comparison = Comparison(version)
        folder = os.path.join(CORPUS, 'content-models', version)
        for file in sorted(os.listdir(folder)):
            root = normal(particle(model(os.path.join(folder, file))[0]))
            keys = [key for key in comparison.version.kinds if key[0] == 'element' and key[2] == root[2]
                    and key[1].startswith('fr:gouv')]
            block, rest, head = comparison.version.kinds[keys[0]]
            assert head.startswith('message ')
            comparison.compare('', ('element', '', root[2], rest, [], block), root)
        print(f'{version}: {len(os.listdir(folder))} messages, {comparison.count} places, {comparison.wrong} differences')
        wrong += comparison.wrong
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())
