"""What each field means, in English and Chinese, for those who fill it in."""
