import { describe, expect, it } from 'vitest';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { markup } from './index.ts';

const judge = async (path: string, text: string): Promise<string[]> => alarms(await findingsOf(markup, [textFile(path, text)]));

describe('XML', () => {
  it.each([
    ['an entity of a file', '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/hosts">]><PMML>&e;</PMML>', 'high ASY-XML-001'],
    ['a document type elsewhere', '<?xml version="1.0"?><!DOCTYPE m SYSTEM "https://x.test/m.dtd"><PMML/>', 'high ASY-XML-001'],
    ['entities in entities', '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><PMML>&b;</PMML>', 'medium ASY-XML-002'],
    ['code in an extension', '<?xml version="1.0"?><PMML><Extension value="__import__(&apos;os&apos;)"/></PMML>', 'medium ASY-XML-003'],
    ['a layer that loads a library', '<?xml version="1.0"?><net><layers><layer id="0" type="Custom" library="x.so"/></layers></net>', 'high ASY-XML-004'],
    ['a layer that runs Python', '<net><layers><layer id="0" name="a" type="Python"/></layers></net>', 'high ASY-XML-004'],
    ['elements that do not close', '<net><layers>', 'medium ASY-XML-005'],
    ['a script', '<?xml version="1.0"?><PMML><Extension><script>x()</script></Extension></PMML>', 'medium ASY-XML-003'],
  ])('reports %s', async (_, text, alarm) => {
    expect(await judge('model.pmml', text)).toEqual([alarm]);
  });

  it('leaves ordinary models alone', async () => {
    expect(await judge('model.pmml', '<?xml version="1.0"?><PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><Extension name="description"/></PMML>')).toEqual([]);
    expect(await judge('model.xml', '<?xml version="1.0"?><net name="m" version="11"><layers><layer id="0" name="a" type="Parameter"/></layers></net>')).toEqual([]);
    expect(await judge('notes.txt', 'we define <!ENTITY a "b"> in the text')).toEqual([]);
  });
});
