interface RawProps {
  /** For those who do not see where it is. */
  readonly label: string;
  readonly text: string;
}

/** Text as it is, which may be long; it can be scrolled by the keyboard, too. */
export function Raw({ label, text }: RawProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
    <section class="raw" tabIndex={0} aria-label={label}>
      <pre dir="auto" lang="">
        {text}
      </pre>
    </section>
  );
}
