// The rules of the family, with what each can miss and what to do about a hit.
import type { Rule } from '../rule.ts';

const AGAIN = 'Do not unpack or load it. Ask the publisher for a file written by the usual tools, or for safetensors.';
const SLIP = 'Do not unpack it. Where you must, use a tool that refuses such names, in an empty folder.';

export const HEADERS_DIFFER: Rule = { id: 'ASY-ARC-001', title: 'Two readings of the archive disagree', severity: 'high', misses: 'Compares central directory and local headers. An archive whose two readings agree can still hold anything.', references: ['AML.T0010.003', 'CWE-436', 'CVE-2025-1944'], remedy: AGAIN };
export const FLAGS: Rule = { id: 'ASY-ARC-002', title: 'A member is marked as encrypted or masked and can be read all the same', severity: 'high', misses: 'Some readers refuse such members and others ignore the mark: that is how a scanner is made to look away. A truly encrypted member is listed as not inspected instead.', references: ['AML.T0010.003', 'CWE-436', 'CVE-2025-1945'], remedy: AGAIN };
export const BAD_CRC: Rule = { id: 'ASY-ARC-003', title: 'A member has another checksum than the archive claims', severity: 'high', misses: 'Computed for members up to 16 MB. A damaged download looks the same; one broken on purpose makes strict readers stop and lax ones go on.', references: ['CWE-354', 'CVE-2025-10156'], remedy: AGAIN };
export const DUPLICATE: Rule = { id: 'ASY-ARC-004', title: 'Two members have the same name', severity: 'high', misses: 'Which of the two is loaded depends on the program.', references: ['CWE-694', 'CWE-436'], remedy: AGAIN };
export const SLIPS: Rule = { id: 'ASY-ARC-005', title: 'A member would be written outside of the folder', severity: 'high', misses: 'Judges names, not what an unpacking program makes of them.', references: ['CWE-22', 'CVE-2007-4559'], remedy: SLIP };
export const LINK: Rule = { id: 'ASY-ARC-006', title: 'A member is a link', severity: 'medium', misses: 'A link inside the archive’s own folder is common in source archives, and has no place in a model.', references: ['CWE-59', 'CWE-61'], remedy: SLIP };
export const BOMB: Rule = { id: 'ASY-ARC-007', title: 'The archive expands to far more than its size', severity: 'medium', misses: 'Measures or believes the claimed sizes of one archive. Long rows of zeros in honest arrays compress as well.', references: ['CWE-409'], remedy: 'Do not unpack it without a limit on size.' };
export const UNLISTED: Rule = { id: 'ASY-ARC-008', title: 'A member that the archive’s directory does not list', severity: 'high', misses: 'Finds members by their local headers, in the bytes that no listed member covers.', references: ['CWE-436', 'CWE-506'], remedy: AGAIN };
export const DISGUISE: Rule = { id: 'ASY-ARC-009', title: 'The content is not what the name says', severity: 'high', misses: 'Compares the content that was recognised with the names that mean something to loaders and scanners.', references: ['CWE-646', 'CVE-2025-1889', 'CVE-2025-10155'], remedy: 'Treat it as what it is, not as what it is called.' };
export const POLYGLOT: Rule = { id: 'ASY-ARC-010', title: 'The file can be read as two formats', severity: 'high', misses: 'Knows the formats it can recognise at a file’s beginning and end.', references: ['CWE-436', 'CWE-434'], remedy: AGAIN };
export const PREFIX: Rule = { id: 'ASY-ARC-011', title: 'Bytes stand before the archive', severity: 'medium', misses: 'Self-extracting archives and llamafiles look like this, too.', references: ['CWE-436'], remedy: AGAIN };
export const ENCRYPTED: Rule = { id: 'ASY-ARC-012', title: 'Encrypted: nobody can look inside without the password', severity: 'medium', misses: 'What is inside cannot be told.', references: ['CWE-506'], remedy: 'Ask for the model without encryption.' };

export const ARCHIVE_RULES: readonly Rule[] = [HEADERS_DIFFER, FLAGS, BAD_CRC, DUPLICATE, SLIPS, LINK, BOMB, UNLISTED, DISGUISE, POLYGLOT, PREFIX, ENCRYPTED];
