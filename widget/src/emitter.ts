/** Typed events: `Map` holds a name and the detail its listeners get. */
export class Emitter<Names> {
  private readonly listeners = new Map<keyof Names, Set<(detail: never) => void>>();

  on<Name extends keyof Names>(name: Name, listener: (detail: Names[Name]) => void): () => void {
    const group = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, group.add(listener as (detail: never) => void));
    return () => void group.delete(listener as (detail: never) => void);
  }

  emit<Name extends keyof Names>(name: Name, detail: Names[Name]): void {
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      try {
        (listener as (detail: Names[Name]) => void)(detail);
      } catch (error) {
        console.error(error);
      }
    }
  }

  clear(): void {
    this.listeners.clear();
  }
}
