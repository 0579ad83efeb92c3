// Filters before LZMA, as xz 5.4 wrote them: bytes with calls of every kind of machine, packed with each filter, must come out as
// they went in, however they arrive.
import { describe, expect, it } from 'vitest';
import { inflateXz } from '../containers/decoders.ts';

const decoded = (base64: string): Uint8Array<ArrayBuffer> => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const PLAIN = decoded('gARjb3MKc3lzdGVtCujbAwAA6NYDAACQ6NADAACQkOjJAwAAkJCQ6MEDAADovAMAAJDotgMAAJCQ6K8DAACQkJDopwMAAOiiAwAAkOicAwAAkJDolQMAAJCQkOiNAwAA6IgDAACQ6IIDAACQkOh7AwAAkJCQ6HMDAADobgMAAJDoaAMAAJCQ6GEDAACQkJDoWQMAAOhUAwAAkOhOAwAAkJDoRwMAAJCQkOjoAP/pAP///+gBAAAAABAAAOtdAADrqgAA6/cAAOtEAQDrkQEA60gAAEFIABBBSAAgQUgAMEFIAEBBSABQQQAAAJQAAACQIQAAlCABALBCAACUQAIA0GMAAJRgAwDwhAAAlIAEAJClAACUoAUAsEAAAABAAABjQAAAxkAAASlAAAGMQAAB7wDwAPgB8QP5AvIG+gPzCfsE9Az8BfUP/Q==');

const PACKED: readonly (readonly [filter: string, xz: string])[] = [
  ['x86', '/Td6WFoAAAD/EtlBAgEEACEBFgANhjUf4AFHAJRdAEABCAO8ML003i9eJtBqE81bmK4ou3VPJcb5dLC7+HQK4SQW3vm8HCqOKqW5thBTiBSc2c+T/hLyQPAlcSDeMC7X62/szNdAA/7fEu1lvKn61SJBlXQeXpq30uTAFmDW9oUq5aDctn9f/9j0sjtglnVW+AQkhH/FlDHYe5aaKiIoef7XIAMW6BDG2TfXXSmH9883/yAAAAGoAcgCAABpfAe7qAAK/AIAAAAAAFla'],
  ['powerpc', '/Td6WFoAAAD/EtlBAgEFACEBFgCoVWnU4AFHAMRdAEABCAO8ML003i9eJtBqE8vR+0zI6wUyRPbjs/m36PHX0zdt1BS9Wh08tHekqyy5uqxYfTPynalIkDKcQYaRt8wiHqjWTg4gs4N78htFMCvaqugbSqspeaUXNnECile2wjFTd1YzukjsNmfAlK0fOO1OmczKyAFl4jVu5jtLqEI2gWuvJ1CscsvSQn7hvUitvgzSqbKmdvW9QbbJs7cWNkDdxaErM08YiXWaM/78oyElMwhAop6/GyrxxQX+kYQ2QVFvOwAAAAHYAcgCAACocSWwqAAK/AIAAAAAAFla'],
  ['arm', '/Td6WFoAAAD/EtlBAgEHACEBFgCj9KGZ4AFHAL1dAEABCAO8ML003i9eJtBqE8vR+0zI6wUyRPbjs/m36PHX0zdt1BS9Wh08tHekqyy5uqxYfTPynalIkDKcQYaRt8wiHqjWTg4gs4N78htFMCvaqugbSqsrrDjssmtOmYbFWiKZg6u6++SF3D7DZRVmL3gafErbpe7nTzZ0mHlUgJivOemp0VDFTnb7kWbOemIa36caudnxRtEYLIJTbLbOqRXs7rqb5Dt6UqGD0Lyf+hGHnoaHaQ7R0JQGrcwJ1QAAAAAAAdEByAIAAGAgKpeoAAr8AgAAAAAAWVo='],
  ['thumb', '/Td6WFoAAAD/EtlBAgEIACEBFgB2Rvdo4AFHAL9dAEABCAO8ML003i9eJtBqE8vR+0zI6wUyRPbjs/m36PHX0zdt1BS9Wh08tHekqyy5uqxYfTPynalIkDKcQYaRt8wiHqjWTg4gs4N78htFMCvaqugbSqspeaUXNnECile2wjFTd1Yzulkh/E2gWsn38EdP+Y3mgEop1E0r2JitFZMb3px81QwZuM0A/2+imLPEXanpHwVzNPNIcxEAwmHocVZBXw7oPkgQa8Iyhxuh4tqwpLxa8U+HE6OV6HF/nc8AAAAAAdMByAIAAGuB4tqoAAr8AgAAAAAAWVo='],
  ['sparc', '/Td6WFoAAAD/EtlBAgEJACEBFgDTlauj4AFHAMBdAEABCAO8ML003i9eJtBqE8vR+0zI6wUyRPbjs/m36PHX0zdt1BS9Wh08tHekqyy5uqxYfTPynalIkDKcQYaRt8wiHqjWTg4gs4N78htFMCvaqugbSqspeaUXNnECile2wjFTd1Yzulkh/E2gWsn38EdP+Y3mgEop1E0r2JitFZMb3oXJvI23wPIieg1mz8MDsRiEtkB7Icw8dIRorwIQi8E7p2AqpPXafU5Lb8WOJ2g/FdzL3Qy2gdW4tlmBk3oVwAAAAdQByAIAANOx58eoAAr8AgAAAAAAWVo='],
  ['delta and x86', '/Td6WFoAAAD/EtlBAwIDAQMEACEBFgAA/Z8djuABRwDXXQBAAQgDwBlwc/nk05Do0M3Rp11HAacOvQ6SO10UArlYKqKHi64tWjbNKOsiMd8s7n7uzRC/mn9Tu1vDArhgM0JVlosOTtlx8aSL+/CakAnpaE0OsDqo+5NTUMvovGtTcDJkDOn4ledxmPZCw6+ISrXMkb5Xai/cSgjQ4KymUispxuMYcO3CrVeJsgRNLIrs4Sg3jl8UsUeZAEOT9oozlOaZb24dGWLS78PjeUjw4FEREHA+Vcu+JS0sViQu5YOVnH0z/draZbT94WUcnfHdbUPOghYCfaphoAAAAAHvAcgCAAC9RlqpqAAK/AIAAAAAAFla'],
  ['arm64', '/Td6WFoAAAD/EtlBAgEKACEBFgB95z8l4AFHAL9dAEABCAO8ML003i9eJtBqE8vR+0zI6wUyRPbjs/m36PHX0zdt1BS9Wh08tHekqyy5uqxYfTPynalIkDKcQYaRt8wiHqjWTg4gs4N78htFMCvaqugbSqspeaUXNnECile2wjFTd1Yzulkh/E2gWsn38EdP9gA5BRSWVj3PPLfg6PCR9/fJYakGMtEvedOcewVHkER74hCMkQozsLtq6uSnO00iCMW0S9927pVOQwwOsffoOmT8qNVwcNaXHg7+MXcsAAAAAdMByAIAAGuB4tqoAAr8AgAAAAAAWVo='],
];

function expand(bytes: Uint8Array<ArrayBuffer>, step: number): Uint8Array {
  const decoder = inflateXz();
  const made: number[] = [];
  for (let i = 0; i < bytes.length; i += step) for (const chunk of decoder.push(bytes.slice(i, i + step), i + step >= bytes.length)) made.push(...chunk);
  return Uint8Array.from(made);
}

describe.each(PACKED)('xz with the filter %s', (_, xz) => {
  it.each([1, 13, 1 << 16])('in pieces of %i bytes', (step) => {
    expect(expand(decoded(xz), step)).toEqual(PLAIN);
  });
});
