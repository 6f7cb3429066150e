export { FoundObjects, type FoundTrack, type SeenObject, type StageTime } from './found-objects';
export {
  MOST_LISTED,
  Objects,
  type ObjectsMemento,
  type ObjectsPhase,
  type ObjectsWish,
} from './objects.svelte';
