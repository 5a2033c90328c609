#!/usr/bin/env python3
"""Says of each file whether PyPI's xmlschema finds it valid: `valid` or `invalid`, a tabulation, the first reason.

usage: conformance_arbiter.py MAIN.xsd CATALOG_FOLDER FILE…
Called by the harness of `make conformance` where libxml2 and we differ, libxml2 being known to look away at places.
"""
import sys
import xmlschema


def source(file):
    """The document, where only XML's own white space is white: Python's `split` takes more for it."""
    try:
        with open(file, encoding='utf-8', newline='') as opened:
            return opened.read().translate({0x85: 0xE085, 0xA0: 0xE0A0, 0x2028: 0xE028})
    except UnicodeDecodeError:
        return file


def main():
    main_xsd, folder, *files = sys.argv[1:]
    local = {'http://www.w3.org/2001/xml.xsd': f'{folder}/w3c/xml.xsd',
             'http://www.w3.org/1999/xlink.xsd': f'{folder}/w3c/xlink.xsd'}
    schema = xmlschema.XMLSchema10(main_xsd, uri_mapper=lambda uri: local.get(uri, uri), allow='local')
    for file in files:
        try:
            # Where a document says its schema lies is a hint that nobody must follow.
            error = next(schema.iter_errors(source(file), use_location_hints=False), None)
            reason = '' if error is None else f'{error.path} {error.reason}'
        except Exception as failure:  # Not well-formed, or beyond it.
            error, reason = failure, f'{type(failure).__name__} {failure}'
        print('valid' if error is None else 'invalid', ' '.join(str(reason).split())[:300], sep='\t')


if __name__ == '__main__':
    main()
