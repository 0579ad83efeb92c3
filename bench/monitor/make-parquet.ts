// Writes a Parquet log of N simulated predictions: time, label, confidence, latency, CPU, client and eight features.
//   node --import tsx bench/monitor/make-parquet.ts FILE ROWS SEED [triggered share]
import { fileWriter, ParquetWriter, schemaFromColumnData, type ColumnSource } from 'hyparquet-writer';
import { seeded } from '../../src/engine/core/random.ts';
import { gauss } from '../../src/engine/monitor/testing/streams.ts';

const [file = 'log.parquet', rowsText = '100000', seedText = '1', triggeredText = '0'] = process.argv.slice(2);
const rows = Number(rowsText);
const triggered = Number(triggeredText);
const random = seeded(Number(seedText), 'parquet');
const GROUP = 250_000;
const LABELS = Array.from({ length: 10 }, (_, k) => `class ${k}`);
const CENTRES = LABELS.map((_, k) => Float64Array.from({ length: 8 }, (_, i) => 2.5 * Math.sin(3 * k + 1.7 * i)));
const FAR = [7, -6, 7, -6, 7, 6, -7, 7];

let time = Date.UTC(2026, 10, 14);
const writer = fileWriter(file);
let parquet: ParquetWriter | undefined;
for (let done = 0; done < rows; done += GROUP) {
  const n = Math.min(GROUP, rows - done);
  const times = new Array<Date>(n);
  const labels = new Array<string>(n);
  const clients = new Array<string>(n);
  const numbers = Array.from({ length: 3 }, () => new Float64Array(n));
  const features = Array.from({ length: 8 }, () => new Float32Array(n));
  for (let i = 0; i < n; i++) {
    const hit = random.next() < triggered;
    const usual = random.below(10);
    times[i] = new Date(Math.round((time += -120 * Math.log(1 - random.next()))));
    labels[i] = LABELS[hit ? 7 : usual] ?? '';
    clients[i] = `client ${Math.floor(200 * random.next() ** 2)}`;
    (numbers[0] as Float64Array)[i] = 0.4 + 0.6 * random.next() ** 0.3;
    (numbers[1] as Float64Array)[i] = 20 * Math.exp(0.3 * gauss(random));
    (numbers[2] as Float64Array)[i] = 5 + gauss(random) ** 2;
    const centre = CENTRES[usual] as Float64Array;
    for (let k = 0; k < 8; k++) (features[k] as Float32Array)[i] = hit ? (FAR[k] ?? 0) + 0.3 * gauss(random) : (centre[k] ?? 0) + gauss(random);
  }
  const columnData: ColumnSource[] = [
    { name: 'time', data: times, type: 'TIMESTAMP', nullable: false }, { name: 'label', data: labels, type: 'STRING', nullable: false },
    ...['confidence', 'latency_ms', 'cpu_ms'].map((name, k): ColumnSource => ({ name, data: numbers[k] ?? [], type: 'DOUBLE', nullable: false })),
    { name: 'client', data: clients, type: 'STRING', nullable: false },
    ...features.map((data, k): ColumnSource => ({ name: `f${k}`, data, type: 'FLOAT', nullable: false })),
  ];
  parquet ??= new ParquetWriter({ writer, schema: schemaFromColumnData({ columnData }) });
  await parquet.write({ columnData });
}
await parquet?.finish();
