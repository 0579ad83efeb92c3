import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../core/byte-source.ts';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { markup } from './index.ts';

const judge = async (path: string, text: string): Promise<string[]> => alarms(await findingsOf(markup, [textFile(path, text)]));

describe('XML', () => {
  it.each([
    ['an entity of a file', '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/hosts">]><PMML>&e;</PMML>', 'high ASY-XML-001'],
    ['a document type elsewhere', '<?xml version="1.0"?><!DOCTYPE m SYSTEM "https://x.test/m.dtd"><PMML/>', 'high ASY-XML-001'],
    ['a document type elsewhere that calls itself a standard', '<?xml version="1.0"?><!DOCTYPE m PUBLIC "-//W3C//DTD XHTML" "http://x.test/m.dtd"><PMML/>', 'high ASY-XML-001'],
    ['a file taken in', '<?xml version="1.0"?><PMML><xi:include href="file:///etc/hosts" parse="text"/></PMML>', 'medium ASY-XML-001'],
    ['a style sheet from elsewhere', '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="http://x.test/a.xsl"?><PMML/>', 'medium ASY-XML-001'],
    ['entities in entities', '<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><PMML>&b;</PMML>', 'medium ASY-XML-002'],
    ['code in an extension', '<?xml version="1.0"?><PMML><Extension value="__import__(&apos;os&apos;)"/></PMML>', 'medium ASY-XML-003'],
    ['a layer that loads a library', '<?xml version="1.0"?><net><layers><layer id="0" type="Custom" library="x.so"/></layers></net>', 'high ASY-XML-004'],
    ['a layer of no operator set', '<net><layers><layer id="0" name="a" type="Own" version="extension"/></layers></net>', 'medium ASY-XML-006'],
    ['a layer of no operator set, written the other way', '<net><layers><layer version="own" id="0" type="Own"/></layers></net>', 'medium ASY-XML-006'],
    ['a layer that runs Python', '<net><layers><layer id="0" name="a" type="Python"/></layers></net>', 'high ASY-XML-004'],
    ['elements that do not close', '<net><layers>', 'medium ASY-XML-005'],
    ['a script', '<?xml version="1.0"?><PMML><Extension><script>x()</script></Extension></PMML>', 'medium ASY-XML-003'],
  ])('reports %s', async (_, text, alarm) => {
    expect(await judge('model.pmml', text)).toEqual([alarm]);
  });

  it('reads UTF-16, and pictures that run a script', async () => {
    const text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE m [<!ENTITY e SYSTEM "file:///etc/hosts">]><PMML>&e;</PMML>';
    const bytes = new Uint8Array(2 + 2 * text.length);
    [...`\ufeff${text}`].forEach((character, i) => new DataView(bytes.buffer).setUint16(2 * i, character.charCodeAt(0), true));
    expect(alarms(await findingsOf(markup, [bytesOf('model.pmml', bytes)]))).toEqual(['high ASY-XML-001']);
    expect(await judge('card.svg', '<svg xmlns="http://www.w3.org/2000/svg" onload="x()"></svg>')).toEqual(['medium ASY-XML-003']);
    expect(await judge('card.svg', '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg/>')).toEqual([]);
  });

  it('leaves ordinary models alone', async () => {
    expect(await judge('model.pmml', '<?xml version="1.0"?><PMML version="4.4" xmlns="http://www.dmg.org/PMML-4_4"><Header/><Extension name="description"/></PMML>')).toEqual([]);
    expect(await judge('model.xml', '<?xml version="1.0"?><net name="m" version="11"><layers><layer id="0" name="a" type="Parameter"/></layers></net>')).toEqual([]);
    expect(await judge('openvino_tokenizer.xml', '<net><layers><layer id="0" type="Parameter" version="opset1"/><layer id="1" type="StringTensorUnpack" version="extension"/></layers></net>')).toEqual([]);
    expect(await judge('notes.txt', 'we define <!ENTITY a "b"> in the text')).toEqual([]);
  });
});
