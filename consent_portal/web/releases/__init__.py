"""What left: releases and reads for direct care."""
