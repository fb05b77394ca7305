import { useRef } from 'preact/hooks';

interface ImportButtonProps {
  readonly label: string;
  readonly onFiles: (files: readonly File[]) => void;
}

/** Asks for files. */
export function ImportButton({ label, onFiles }: ImportButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = '';
        }}
      />
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
    </>
  );
}
