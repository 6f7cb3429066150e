import { z } from 'zod';
import { segmentQualityOption } from './segment-options';

const path = z.string().min(1).max(32_768);
/** Network by name; the best one there is if left out. */
const model = z.string().optional();
/** How large the network sees pictures; as in the product if left out. */
const quality = segmentQualityOption.schema.optional();
/** Objects that the network is less sure of don't count; the product's own default if left out. */
const minScore = z.number().min(0).max(1).optional();

/** What `clearcut eval segment` measures. */
export const evalSegmentRequestSchema = z
  .object({
    /** COCO's instance annotations. */
    annotations: path,
    /** Folder of the pictures that they name. */
    images: path,
    model,
    quality,
    /** Objects that some other tool found, in COCO's format of results, in place of the network's. */
    detections: path.optional(),
  })
  .readonly();
export type EvalSegmentRequest = z.infer<typeof evalSegmentRequestSchema>;

/** What `clearcut eval matte` measures. */
export const evalMatteRequestSchema = z
  .object({
    /** Holds images/ and masks/ of equal names, or an index.tsv with the columns image and mask. */
    directory: path,
    /** Only rows of the index that say so in their column split. */
    split: z.string().min(1).optional(),
    model,
    quality,
    minScore,
    /** Folder of masks by the pictures' names that some other tool made, in place of the network's. */
    masks: path.optional(),
    /** Measure how steady masks are under noise, too. */
    flicker: z.boolean().optional(),
  })
  .readonly();
export type EvalMatteRequest = z.infer<typeof evalMatteRequestSchema>;

/** What `clearcut eval track` measures. */
export const evalTrackRequestSchema = z
  .object({
    /** Holds frames/ and masks/ of equal names, or folders that do. */
    directory: path,
    model,
    quality,
    minScore,
    /** Folder of masks by the frames' names (in a folder by the sequence's where there are several) that some other tool made. */
    masks: path.optional(),
  })
  .readonly();
export type EvalTrackRequest = z.infer<typeof evalTrackRequestSchema>;

/** Average precision over thresholds of overlap from .5 to .95, at .5, at .75; 0 to 1. */
export interface Precision {
  readonly ap: number;
  readonly ap50: number;
  readonly ap75: number;
}

export interface SegmentScore {
  /** By the IoU of masks. */
  readonly mask: Precision;
  /** By the lesser of mask IoU and Boundary IoU. */
  readonly boundary: Precision;
}

export interface SegmentClassScore extends SegmentScore {
  readonly name: string;
  /** That are there, crowds left out. */
  readonly objects: number;
  /** That were found, right or wrong. */
  readonly found: number;
}

/** How long a picture takes at the product's own least score; the first run of each size is left out. */
export interface Speed {
  /** Of the network and what turns its outputs into contours, without mattes. */
  readonly framesPerSecond: number;
  /** Per frame, by part, mattes too. */
  readonly seconds: Readonly<Record<string, number>>;
}

export interface EvalSegmentResult {
  readonly annotations: string;
  readonly images: number;
  /** What found the objects, for people. */
  readonly method: string;
  /** Those of which an object is there, by name. */
  readonly classes: readonly SegmentClassScore[];
  /** Over those classes, each counting the same. */
  readonly mean: SegmentScore;
  /** Null for detections out of a file. */
  readonly speed: Speed | null;
}

export interface MaskScore {
  readonly iou: number;
  readonly boundaryIou: number;
}

export interface MattePictureScore {
  readonly name: string;
  /** Of all people that were found. */
  readonly union: MaskScore;
  /** Of those that the picture is of, as `--instances main` takes them; null where only a mask is known. */
  readonly main: MaskScore | null;
  /** Of those of them that together fit best; null where only a mask is known. */
  readonly best: MaskScore | null;
  readonly people: number;
  /** Null where not measured. */
  readonly steadiness: Steadiness | null;
}

/** IoU of a photograph's masks under fresh noise, mean over neighbours. */
export interface Steadiness {
  /** Every picture for itself. */
  readonly alone: number;
  /** As a video, followed. */
  readonly followed: number;
}

export interface EvalMatteResult {
  readonly directory: string;
  readonly split: string | null;
  readonly method: string;
  readonly pictures: readonly MattePictureScore[];
  readonly mean: {
    readonly union: MaskScore;
    readonly main: MaskScore | null;
    readonly best: MaskScore | null;
    readonly steadiness: Steadiness | null;
  };
  /** For a whole frame, mattes included; null for masks out of a folder. */
  readonly secondsPerFrame: number | null;
}

/** What DAVIS tells of a measure over the frames of a sequence. */
export interface SequenceStatistics {
  readonly mean: number;
  /** Share of the frames above a half. */
  readonly recall: number;
  /** Mean of the first quarter less that of the last: what is lost with time. */
  readonly decay: number;
}

export interface TrackScore {
  /** Region similarity, the IoU of masks. */
  readonly j: SequenceStatistics;
  /** Agreement of contours. */
  readonly f: SequenceStatistics;
  /** How much more or less masks change from frame to frame than the true ones; null for a single frame. */
  readonly flicker: number | null;
}

/** Of the track that fits the object best. */
export interface BestTrackScore extends TrackScore {
  readonly track: number;
  readonly className: string;
  /** Share of its frames that were flagged as outliers, and their mean J; null where none was. */
  readonly flagged: number;
  readonly flaggedJ: number | null;
}

export interface TrackSequenceScore {
  readonly name: string;
  readonly frames: number;
  readonly width: number;
  readonly height: number;
  /** Objects that were followed. */
  readonly tracks: number;
  /** Null where no track touches the object, or only masks are known. */
  readonly best: BestTrackScore | null;
  /** Of those tracks that together fit best; null where only masks are known. */
  readonly together: TrackScore | null;
  /** Of everything that was found. */
  readonly union: TrackScore;
  /** How often the object comes under another number; null where only masks are known. */
  readonly switches: number | null;
  /** For a whole frame, mattes and tracking included; null for masks out of a folder. */
  readonly secondsPerFrame: number | null;
}

export interface EvalTrackResult {
  readonly directory: string;
  readonly method: string;
  readonly sequences: readonly TrackSequenceScore[];
}
