/** What is in the frames of a video, in COCO's format for instances (docs/segmentation.md): what the window reads of it. */
export interface ContourDocument {
  readonly info: {
    readonly clearcut: {
      /** Of the pictures, upright. */
      readonly width: number;
      readonly height: number;
    };
  };
  readonly images: readonly {
    readonly id: number;
    /** Seconds from the beginning of the part that was looked at. */
    readonly time: number;
  }[];
  readonly annotations: readonly {
    readonly image_id: number;
    /** COCO's number of its class. */
    readonly category_id: number;
    readonly track_id: number;
    /** Polygons in pixels, x and y by turns. */
    readonly segmentation: readonly (readonly number[])[];
    /** Left, top, width, height in pixels. */
    readonly bbox: readonly [number, number, number, number];
    readonly score: number;
    readonly confidence: number;
    readonly outlier: boolean;
  }[];
}
