// Keeps one broken page from taking the others with it.
import { Component, type ErrorInfo, type ReactNode } from 'react';
import styles from './error-boundary.module.css';

interface Props {
  readonly name: string;
  /** A change of it (a route) gives the page another chance. */
  readonly resetKey: string;
  readonly children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    console.error(error, info.componentStack);
  }

  override componentDidUpdate(before: Props): void {
    if (before.resetKey !== this.props.resetKey && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div role="alert" className={styles.broken}>
        <h1>{this.props.name} could not be drawn</h1>
        <p>The rest of Assay still works, and a running audit goes on. Please report this with the text below.</p>
        <pre>{error.stack ?? error.message}</pre>
        <button onClick={() => this.setState({ error: undefined })}>Try again</button>
      </div>
    );
  }
}
