// What `assay` prints when asked for help or called wrongly.

export const USAGE = `assay COMMAND …

  audit PATH       every analysis that applies      [--base PATH] [--analyses id,…] [--budget quick|standard|deep] [--seed N]
                   [--backend auto|cpu|cuda|wasm] [--task causal-lm|text-classification|image-classification|tabular] [--inputs PATH] [--candidates FILE: phrases, or a monitor's report]
                   [--json FILE|-] [--sarif FILE] [--html FILE] [--fail-on low|medium|high|critical]
  inspect PATH…    what the files alone tell        files, folders, patterns ('models/**/*.pt')
                   [--json FILE|-] [--sarif FILE] [--html FILE] [--allow FILE] [--signatures FILE] [--trust FILE.pem] [--base PATH] [--fail-on …]
  attention PATH   attention of one prompt          --prompt TEXT [--json FILE|-: attention[layer][head][query][key], counted from 0; the page counts layers and heads from 1]
  fingerprint build DIR        a reference set of clean models   --out FILE [--seed N] [--taps NAME,…] [--inputs FILE.npy] [--gradients]
  fingerprint score PATH…      models against it                 --reference FILE [--features behaviour|responses|weights|outputs|similarity|source]
                               [--representation raw|random-projection|pca|fast-ica|umap] [--seed N] [--json FILE|-]
  fingerprint evaluate PATH…   what it is worth, told by models known to be planted   --reference FILE [--json FILE|-]
  fingerprint diff FILE FILE   what changed between two reference sets
  fingerprint taps PATH        tensors that can be tapped, * by default

  monitor baseline LOG…  what is usual of a model    --out FILE [--model PATH | --model-sha256 HEX] [--model-name NAME] [--map role=column,…]
  monitor check LOG…     a log against it            --baseline FILE [--json FILE|-] [--quarantine FILE] [--alerts FILE] [--report FILE: an audit's] [--fail-on …]
                         [--model PATH | --model-sha256 HEX] [--budget N: predictions a false alarm] [--window N] [--level P] [--map …]
  monitor watch PATH     follows a log or folder     --baseline FILE [--quarantine FILE] [--json FILE] [--interval SECONDS] [--once]
                         [--state FILE: a restart goes on from it]
  monitor power          what would be seen          --baseline FILE [--class NAME] [--predictions N] [--budget N] [--json FILE|-]
  monitor redteam        attacks on one's baseline   --baseline FILE --attack NAME [--class NAME] [--dose P] [--predictions N] [--runs N]
  monitor search LOG…    a trigger in a log          --trigger TEXT [--json FILE|-]

Progress goes to standard error, results to standard output.
Exit status: 0 nothing at or above --fail-on (default high), 1 something is, 2 bad input or usage, 3 an analysis failed to finish.`;

/** After what was wrong: the whole page would push it off the screen. */
export const HINT = '`assay help` has all commands and options';

/** The caller's mistake, in words that say how to mend it. Exit status 2. */
export class UsageError extends Error {}
