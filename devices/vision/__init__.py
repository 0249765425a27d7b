"""The inspection gateway (AI云视频网关): frames in, alerts with frame, clip and model hash out."""
